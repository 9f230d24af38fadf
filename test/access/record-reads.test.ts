import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Read, ReadLog } from '../../src/access/record-reads.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { openDatabase } from '../../src/store/database.ts';
import { keepLog } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.sql('truncate access_log, audit_pending');
});

const read = (ids: string[], more: Partial<Read> = {}): Read => ({
  principal: 'clearance-system',
  purpose: 'clearance',
  what: 'enterprise',
  ids,
  ...more,
});
const rows = () =>
  db.sql<{ principal: string; ids: string[] }>('select * from access_log order by principal, purpose, what');
const entries = async () =>
  (await db.sql<{ content: string }>('select content from audit_pending')).map((row) =>
    JSON.parse(row.content),
  );

describe('reads of partner data', () => {
  it('are on record within a second: who, when, for what purpose, which ids', async () => {
    await using log = new ReadLog(db.database, appendEntries, { log: keepLog().log });
    const before = new Date();
    log.record(read(['US1', 'US2']));
    await delay(1000);
    expect(await rows()).toEqual([
      {
        id: expect.any(String),
        principal: 'clearance-system',
        purpose: 'clearance',
        what: 'enterprise',
        ids: ['US1', 'US2'],
        from_at: expect.any(Date),
        to_at: expect.any(Date),
      },
    ]);
    const [row] = await db.sql<{ late: boolean }>('select from_at < $1 as late from access_log', [before]);
    expect(row?.late).toBe(false);
  });

  it('are grouped by who, what for and what, with one audit entry a group that holds the same', async () => {
    await using log = new ReadLog(db.database, appendEntries, { log: keepLog().log });
    log.record(read(['US1']));
    log.record(read(['US2', 'US1']));
    log.record(read(['US3'], { purpose: 'validation' }));
    log.record(read(['US4'], { what: 'changes' }));
    log.record(read([], { principal: 'other' }));
    await log.flush();
    expect((await rows()).map((row) => row.ids)).toEqual([['US4'], ['US1', 'US2'], ['US3'], []]);
    const written = await rows();
    expect(await entries()).toHaveLength(4);
    expect(await entries()).toContainEqual(
      expect.objectContaining({
        kind: 'partner-data-read',
        principal: 'clearance-system',
        ids: ['US1', 'US2'],
      }),
    );
    expect((await entries()).map((entry) => entry.id).sort()).toEqual(
      written.map((row) => Reflect.get(row, 'id')).sort(),
    );
  });

  it('leave neither row nor entry when one of the two cannot be written', async () => {
    const failing = new ReadLog(
      db.database,
      async () => {
        throw new Error('no audit');
      },
      { log: keepLog().log, intervalMs: 60_000 },
    );
    failing.record(read(['US1']));
    await expect(failing.flush()).rejects.toThrow('no audit');
    expect(await rows()).toEqual([]);
  });

  it('are written at the end', async () => {
    const log = new ReadLog(db.database, appendEntries, { log: keepLog().log, intervalMs: 60_000 });
    log.record(read(['US1']));
    await log.close();
    expect(await rows()).toHaveLength(1);
  });

  it('are kept while the database is away, and written in order of time when it is back', async () => {
    const kept = keepLog();
    let away = true;
    const audit: typeof appendEntries = async (tx, contents, at) => {
      if (away) throw new Error('away');
      await appendEntries(tx, contents, at);
    };
    await using log = new ReadLog(db.database, audit, { log: kept.log, intervalMs: 60_000 });
    log.record(read(['US1']));
    await expect(log.flush()).rejects.toThrow('away');
    log.record(read(['US2']));
    log.record(read(['US3'], { purpose: 'support' }));
    away = false;
    await log.flush();
    expect((await rows()).map((row) => row.ids)).toEqual([['US1', 'US2'], ['US3']]);
    expect(kept.text()).toContain('not on record yet');
  });

  it('that are too many to keep are counted, and the count is audited', async () => {
    await using log = new ReadLog(db.database, appendEntries, {
      log: keepLog().log,
      intervalMs: 60_000,
      idsMax: 3,
    });
    log.record(read(['US1', 'US2']));
    log.record(read(['US3', 'US4']));
    log.record(read(['US5']));
    await log.flush();
    expect((await rows()).map((row) => row.ids)).toEqual([['US1', 'US2', 'US5']]);
    expect(await entries()).toContainEqual({ kind: 'partner-data-reads-lost', count: 1 });
  });

  it('that a killed process may have lost are audited once another process misses it', async () => {
    const at = new Date('2026-11-23T08:00:00Z');
    let now = at;
    const options = { log: keepLog().log, intervalMs: 60_000, now: () => now };
    const killed = new ReadLog(db.database, appendEntries, options);
    await killed.beSeen();
    const ended = new ReadLog(db.database, appendEntries, options);
    await ended.beSeen();
    await ended.close();
    await using alive = new ReadLog(db.database, appendEntries, options);
    now = new Date(at.getTime() + 59_000);
    await alive.beSeen();
    expect(await entries()).toEqual([]);
    now = new Date(at.getTime() + 61_000);
    await alive.beSeen();
    await alive.beSeen();
    expect(await entries()).toEqual([
      expect.objectContaining({ kind: 'partner-data-reads-may-be-lost', lastSeen: at.toISOString() }),
    ]);
  });

  it('that cannot be written at the end are named in the log', async () => {
    await using nowhere = openDatabase('postgresql://nobody@127.0.0.1:9/nothing');
    const kept = keepLog();
    const log = new ReadLog(nowhere, appendEntries, { log: kept.log, intervalMs: 60_000 });
    log.record(read(['US1']));
    await log.close();
    expect(kept.text()).toContain('are lost');
  });

  it('can be recorded inside a transaction without waiting for it', async () => {
    await using log = new ReadLog(db.database, appendEntries, { log: keepLog().log, intervalMs: 20 });
    await db.database.transaction(async () => {
      log.record(read(['US1']));
      await delay(200);
      expect(await rows()).toHaveLength(1);
    });
  });
});
