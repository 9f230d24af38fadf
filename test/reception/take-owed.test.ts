import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeOwed } from '../../src/reception/issue-receipts.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** A log of which the planner knows nothing: it expects many entries of each message. */
const ENTRIES = 30_000;
const LINK = 'us-cbp';
let db: TestDatabase;

const idOf = (n: string): string => `('01a20ebf-6b64-7308-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql(
    `insert into audit_entry (log, index, entry, message)
     select 2026, n, '\\x00', ${idOf('n')} from generate_series(0, $1::int - 1) n`,
    [ENTRIES],
  );
  // The newest, one of them not in the log yet.
  await db.sql(
    `insert into receipt_owed (link, id, sha256, outcome, received_at)
     select $1, ${idOf('n')}, '\\x00', 'accepted', now() from generate_series($2::int - 1500, $2::int) n`,
    [LINK, ENTRIES],
  );
}, 60_000);
afterAll(() => db[Symbol.asyncDispose]());

it('finds the places of a thousand messages in the log at once, although the planner expects many of each', async () => {
  const begun = performance.now();
  const taken = await db.database.transaction((tx) => takeOwed(tx, LINK, 60_000));
  expect(performance.now() - begun).toBeLessThan(500);
  expect(taken.every(({ id, index }) => index === Number.parseInt(id.slice(-12), 16))).toBe(true);
  const rest = await db.database.transaction((tx) => takeOwed(tx, LINK, 60_000));
  expect(taken.length + rest.length).toBe(1_500);
  const late = await db.database.transaction((tx) => takeOwed(tx, LINK, 0));
  expect(late).toMatchObject([{ log: null, index: null }]);
});
