import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberFeed } from '../../src/feed/number-feed.ts';
import { createPair, type Pair } from '../support/pair.ts';
import { checkInvariants } from './check-invariants.ts';
import { type Violation, violations } from './findings.ts';
import type { Ledger } from './ledger.ts';
import { inspectedPair, remember } from './pair-world.ts';
import { type StoryMessage, storyMessage, subjectOf } from './story.ts';

const SUBJECTS = 8;

let pair: Pair;
const ledger: Ledger = new Map();
/** One message of each subject, in order. */
let ids: string[];

beforeAll(async () => {
  pair = await createPair();
  const { cn, us } = pair;
  for (let n = 0; n < 2; n++) {
    const sent = Array.from({ length: SUBJECTS }, (_, s) => storyMessage('CN', subjectOf('CN', s), n));
    remember(ledger, 'CN', sent, await cn.submit(...sent));
    const back: StoryMessage[] = [storyMessage('US', subjectOf('US', 0), n)];
    remember(ledger, 'US', back, await us.submit(...back));
  }
  await pair.deliver(cn);
  await pair.deliver(us);
  await pair.receipt(us);
  await pair.receipt(cn);
  for (const { db } of [cn, us]) await db.database.transaction((tx) => numberFeed(tx, 0));
  ids = [...ledger.values()].filter((m) => m.from === 'CN' && m.version === 2).map(({ id }) => id);
});
afterAll(() => pair[Symbol.asyncDispose]());

async function found(): Promise<Partial<Record<Violation, string[]>>> {
  const findings = await checkInvariants(inspectedPair(pair), ledger);
  return Object.fromEntries(
    violations.flatMap((violation) => {
      const about = findings.list(violation).map((finding) => finding.about);
      return about.length > 0 ? [[violation, about]] : [];
    }),
  );
}

describe('checkInvariants', () => {
  it('finds nothing where every message arrived once, in order, with its receipt', async () => {
    expect(await found()).toEqual({});
    expect(ledger.size).toBe(2 * SUBJECTS + 2);
  });

  it('names all five, each planted once', async () => {
    const [lost, duplicated, reordered, unreceipted, mismatched] = ids as [
      string,
      string,
      string,
      string,
      string,
    ];
    const { us, cn } = pair;
    await us.db.sql('delete from feed where id = $1', [lost]);
    await us.db.sql('insert into feed select number + 100, link, id, type from feed where id = $1', [
      duplicated,
    ]);
    await us.db.sql(
      `update subject set standing_version = 1 where subject = (select subject from message where id = $1)`,
      [reordered],
    );
    await cn.db.sql('delete from receipt where id = $1', [unreceipted]);
    await us.db.sql(`update message set sha256 = sha256('other') where id = $1 and direction = 'in'`, [
      mismatched,
    ]);
    expect(await found()).toEqual({
      lost: [lost],
      duplicated: [duplicated],
      reordered: [ledger.get(reordered)?.subject],
      unreceipted: [unreceipted],
      mismatched: [mismatched],
    });
  });

  it('names a message that is gone at either side, and one that nobody was told of', async () => {
    const [, , , , , gone, kept] = ids as string[];
    await pair.us.db.sql('delete from message where id = $1', [gone]);
    const told = ledger.get(kept ?? '');
    ledger.delete(kept ?? '');
    const { lost, duplicated } = await found();
    expect(lost).toContain(gone);
    expect(duplicated).toContain(kept);
    if (told) ledger.set(told.id, told);
  });

  it('names a state without its entry in the audit log, and what stands still', async () => {
    const [id] = ids;
    await pair.us.db.sql(
      `delete from audit_pending where content like '%message-received%' and content like $1`,
      [`%${id}%`],
    );
    await pair.cn.db.sql(`update link_state set halted_at = now(), halted_reason = 'planted'`);
    const { unaudited, stuck } = await found();
    expect(unaudited).toEqual([id]);
    expect(stuck).toEqual([pair.cn.link.id]);
  });
});
