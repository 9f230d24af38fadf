import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SequencerStep } from '../../../src/audit/extend-log.ts';
import { readCheckpoint } from '../../../src/audit/notes/checkpoint.ts';
import { readLatestHead } from '../../../src/audit/read-tree.ts';
import { newMessageId } from '../../../src/envelope/message-id.ts';
import { GrownInMemory } from '../tree/grown-tree.ts';
import { type AuditedPair, createAuditedPair } from './audited-side.ts';

let pair: AuditedPair;
beforeAll(async () => {
  pair = await createAuditedPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

const steps: SequencerStep[] = ['locked', 'taken', 'grown', 'written', 'numbered', 'committed'];

it.each(steps)(
  'kill -9 of the sequencer after the step "%s" loses no entry and forks nothing',
  async (step) => {
    const { cn, us } = pair;
    const before = await cn.size();
    const [held] = await us.db.sql<{ size: string }>(
      'select coalesce(max(size), 0) as size from audit_witnessed',
    );
    await cn.append(130);
    await cn.db.sql(`insert into feed_pending (link, id, type) values ('us-cbp', $1, 'enterprise-status')`, [
      newMessageId(),
    ]);
    const script = join(import.meta.dirname, 'die-in-sequencer.ts');
    const child = spawn(process.execPath, [script, cn.db.connectionString, step], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    // Of the dead process's transaction there is all or nothing.
    expect(await cn.size()).toBe(step === 'committed' ? before + 130 : before);

    await cn.append(7);
    await cn.sequence({ compare: true });
    await cn.publish();
    await us.mirror();
    expect([await cn.size(), await cn.state()]).toEqual([before + 137, 'compared']);
    const rows = await cn.db.sql<{ entry: string }>('select entry from audit_entry order by index');
    expect(new Set(rows.map((row) => row.entry)).size).toBe(before + 137);
    const tree = new GrownInMemory();
    tree.append(rows.map((row) => Buffer.from(row.entry)));
    const head = await readLatestHead(cn.db.database);
    expect(readCheckpoint(Buffer.from(head?.checkpoint ?? '')).checkpoint.root).toEqual(tree.root);
    const [mirror] = await us.db.sql<{ size: string; fault: null }>('select size, fault from audit_mirror');
    expect([Number(mirror?.size), mirror?.fault, Number(held?.size)]).toEqual([before + 137, null, before]);
    const [left] = await cn.db.sql(
      'select (select count(*)::int from audit_pending) as entries, (select count(*)::int from feed_pending) as changes',
    );
    expect(left).toEqual({ entries: 0, changes: 0 });
    // The feed is numbered in the same pass, without a gap.
    const feed = await cn.db.sql<{ number: string }>('select number from feed order by number');
    expect(feed.map((row) => Number(row.number))).toEqual(feed.map((_, n) => n + 1));
  },
  60_000,
);
