import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAuditAlerts } from '../../../src/audit/list-alerts.ts';
import { readCheckpoint } from '../../../src/audit/notes/checkpoint.ts';
import { readLatestHead } from '../../../src/audit/read-tree.ts';
import { giveUpLog, recoverLogs } from '../../../src/audit/recover-log.ts';
import { copyTestDatabase } from '../../support/postgres.ts';
import { type AuditedPair, createAuditedPair, partnerAt } from './audited-side.ts';

let pair: AuditedPair;
beforeEach(async () => {
  pair = await createAuditedPair();
});
afterEach(() => pair[Symbol.asyncDispose]());

async function grow(count: number): Promise<void> {
  await pair.cn.append(count);
  await pair.cn.sequence();
  await pair.cn.publish();
  await pair.us.mirror();
}

/** Sets this side back to what it is now, later. */
async function backup(): Promise<() => Promise<void>> {
  const kept = await copyTestDatabase(pair.cn.db);
  return async () => {
    const { db } = pair.cn;
    pair.cn.db = kept;
    await db.close();
  };
}

const recovering = () => ({
  database: pair.cn.db.database,
  logKey: pair.cn.keys.log,
  witness: {
    link: 'us-cbp',
    key: pair.us.keys.witness.verifier,
    partner: partnerAt(() => pair.us.server.url),
  },
  now: () => pair.cn.now,
  by: 'test',
});

describe('a store restored from an older backup', () => {
  it('signs nothing, keeps entries pending, publishes nothing and alerts, until the log is recovered', async () => {
    const { cn, us } = pair;
    await grow(300);
    await cn.append(3, { pending: true });
    const restore = await backup();
    await cn.sequence();
    await grow(400);
    await restore();

    await cn.append(10);
    await cn.sequence({ compare: true });
    expect([await cn.size(), await cn.state()]).toEqual([300, 'behind']);
    const [pending] = await cn.db.sql<{ count: number }>('select count(*)::int as count from audit_pending');
    expect(pending?.count).toBe(13);
    expect((await partnerAt(() => cn.server.url).read('/audit/2026/checkpoint')).status).toBe(503);
    expect((await listAuditAlerts(cn.db.database, cn.now)).map(({ code, link }) => [code, link])).toEqual([
      ['audit-restored', 'us-cbp'],
    ]);
    // What it would publish is refused all the same: nobody is shown a second history.
    await cn.publish();
    const [held] = await us.db.sql<{ size: string }>('select size from audit_witnessed');
    expect(held?.size).toBe('703');

    expect(await recoverLogs(recovering())).toEqual([{ log: '2026', had: 300, size: 703, lost: 400 }]);
    await cn.sequence({ compare: true });
    // 703 and what was pending: the ten of after the restore, and the recovery itself.
    expect([await cn.size(), await cn.state()]).toEqual([714, 'compared']);
    const gone = await cn.db.sql<{ gone: string | null; count: number }>(
      'select gone, count(*)::int as count from audit_entry group by 1 order by 1',
    );
    expect(gone).toEqual([
      { gone: 'lost', count: 400 },
      { gone: null, count: 314 },
    ]);
    await cn.publish();
    await us.mirror();
    const [mirror] = await us.db.sql<{ size: string; fault: string | null }>(
      'select size, fault from audit_mirror',
    );
    expect(mirror).toEqual({ size: '714', fault: null });
    expect(await us.db.sql('select 1 from audit_conflict')).toEqual([]);
    expect(await listAuditAlerts(cn.db.database, cn.now)).toEqual([]);
  }, 60_000);

  it('that has signed on by itself is told so by the partner, and is not joined with what the partner keeps', async () => {
    const { cn } = pair;
    await grow(20);
    const restore = await backup();
    await grow(9);
    await restore();
    // Without comparing: what a program that does not ask would do.
    await cn.append(5);
    await cn.sequence();
    expect(await cn.compare()).toBe(false);
    await expect(recoverLogs(recovering())).rejects.toThrow(/cannot be joined/);
    await cn.append(4);
    await cn.sequence();
    expect(await cn.compare()).toBe(false);
    expect([await cn.size(), await cn.state()]).toEqual([29, 'forked']);
    expect((await listAuditAlerts(pair.us.db.database, cn.now)).map(({ code }) => code)).toEqual([
      'audit-partner-forked',
    ]);
  }, 60_000);

  it('a log whose lost entries nobody keeps is given up, and the next one of the year goes on', async () => {
    const { cn } = pair;
    await cn.append(20);
    await cn.sequence();
    await cn.publish();
    const restore = await backup();
    await cn.append(5);
    await cn.sequence();
    await cn.publish();
    await restore();
    expect(await cn.compare()).toBe(false);
    expect(await recoverLogs(recovering())).toEqual([]);
    expect(await giveUpLog(recovering(), 'five entries are lost')).toEqual({
      ended: '2026',
      opened: '2026-2',
    });
    expect(await cn.compare()).toBe(true);
    await cn.append(4);
    await cn.sequence({ compare: true });
    await cn.publish();
    const head = await readLatestHead(cn.db.database);
    expect(readCheckpoint(Buffer.from(head?.checkpoint ?? '')).checkpoint).toMatchObject({
      origin: 'customs.example/audit/2026-2',
      size: 5,
    });
    expect(await cn.state()).toBe('compared');
    expect(await listAuditAlerts(cn.db.database, cn.now)).toEqual([]);
  }, 60_000);

  it('waits while the partner is away: entries stay pending', async () => {
    const { cn, us } = pair;
    await grow(5);
    await us.server[Symbol.asyncDispose]();
    await cn.append(5);
    await cn.sequence({ compare: true });
    expect([await cn.size(), await cn.state()]).toEqual([5, 'away']);
  });

  it('of a witness: the partner goes on from what the witness still knows', async () => {
    const { cn, us } = pair;
    await grow(5);
    const kept = await copyTestDatabase(us.db);
    await grow(7);
    const { db } = us;
    us.db = kept;
    await db.close();
    await grow(2);
    expect([await cn.size(), await cn.state()]).toEqual([14, 'compared']);
  });
});
