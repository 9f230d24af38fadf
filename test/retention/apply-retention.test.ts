import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyRetention, planRetention } from '../../src/retention/apply-retention.ts';
import { messagesGivenUpBefore } from '../../src/retention/rules.ts';
import { ensurePartitions } from '../../src/store/partitions.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const DAY_MS = 86_400_000;

type Settings = Parameters<typeof planRetention>[1];
const settings = (retention: Partial<Settings['retention']> = {}): Settings => ({
  retention: { attemptDays: 30, accessLogDays: 1095, comparisonDays: 400, ...retention },
  links: [{ id: 'us-cbp', retentionMs: 90 * DAY_MS }] as Settings['links'],
});

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql(
    `insert into attempt (link, lane, started_at, ms, result, ids)
     select 'us-cbp', '1', $1::timestamptz - n * interval '1 day', 1, 'answered', '{}' from generate_series(1, 40) n`,
    [NOW],
  );
  await db.sql(
    `insert into idempotency (caller, key, request, at) values
       ('a', 'old', '\\x00', $1::timestamptz - interval '73 hours'), ('a', 'young', '\\x00', $1::timestamptz - interval '71 hours')`,
    [NOW],
  );
  await db.sql(
    `insert into ledger_hour (link, hour, count, hash, agreed_at)
     select l, $1::timestamptz - n * interval '50 days', 0, '\\x00', $1 from unnest(array['us-cbp', 'other']) l, generate_series(1, 2) n`,
    [NOW],
  );
  await ensurePartitions(db.database, { from: new Date('2025-01-01'), until: new Date('2025-03-01') });
  for (const month of ['2025-01-15', '2025-02-15', '2025-03-15']) await message(month);
});
afterAll(() => db.close());

async function message(day: string): Promise<string> {
  const id = uuidv7({ msecs: Date.parse(day) });
  await db.sql(
    `insert into message (id, link, direction, type, subject, outcome, kid, sha256, jws, at)
     values ($1, 'us-cbp', 'out', 'enterprise-status', 'CN1', 'accepted', 'k', '\\x00', 'x', $2)`,
    [id, day],
  );
  return id;
}

const count = async (table: string) =>
  (await db.sql<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n;

it('a dry run counts what is past its time and changes nothing', async () => {
  const plan = await planRetention(db.database, settings(), NOW);
  expect(Object.fromEntries(plan.rows.map((row) => [row.what, row.count]))).toEqual({
    'requests to partners': 10,
    'reads of partner data': 0,
    'answers of idempotency keys': 1,
    'comparisons with partners': 0,
    'reconciliations with partners': 0,
    'minutes of traffic': 0,
    jobs: 0,
    'notes of operators': 0,
    'hours compared on us-cbp': 1,
  });
  expect(plan.months).toEqual([]);
  expect(await count('attempt')).toBe(40);
  expect(await count('idempotency')).toBe(2);
});

it('a run removes just that, and says so in the audit log', async () => {
  await applyRetention(db.database, settings(), 'test', NOW);
  expect(await count('attempt')).toBe(30);
  expect(await db.sql('select key from idempotency')).toEqual([{ key: 'young' }]);
  expect(await count('ledger_hour')).toBe(3);
  const [entry] = await db.sql<{ content: string }>('select content from audit_pending');
  expect(JSON.parse(entry?.content ?? '')).toMatchObject({
    kind: 'retention-applied',
    by: 'test',
    rows: expect.arrayContaining([{ table: 'attempt', count: 10 }]),
  });
  const again = await planRetention(db.database, settings(), NOW);
  expect(again.rows.every((row) => row.count === 0)).toBe(true);
});

it('months of messages are kept for ever unless the configuration gives them up', async () => {
  expect(messagesGivenUpBefore(settings(), NOW)).toBeUndefined();
  // Never within what a partner may still ask for.
  const soon = messagesGivenUpBefore(settings({ messageMonths: 1 }), NOW);
  expect(soon?.getTime()).toBe(NOW.getTime() - 152 * DAY_MS);
});

it('months given up go whole, unless something of them still waits', async () => {
  const waiting = await message('2025-02-16');
  await db.sql(
    `insert into outbox (link, lane, id, subject, urgent, at) values ('us-cbp', '1', $1, 'CN1', false, now())`,
    [waiting],
  );
  const given = settings({ messageMonths: 20 });
  const plan = await planRetention(db.database, given, NOW);
  expect(plan.months.map(({ month, inUse }) => [month, inUse])).toEqual([
    ['2025_01', false],
    ['2025_02', true],
  ]);
  await applyRetention(db.database, given, 'test', NOW);
  const kept = await db.sql<{ t: string }>(
    `select distinct tableoid::regclass::text as t from message order by 1`,
  );
  expect(kept.map(({ t }) => t)).toEqual(['message_2025_02', 'message_2025_03']);
});
