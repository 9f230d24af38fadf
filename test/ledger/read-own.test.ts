import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { idsOfStep, readAnsweredDigests } from '../../src/ledger/read-digests.ts';
import { listOwn } from '../../src/ledger/read-lists.ts';
import { floorTo, MINUTE_MS } from '../../src/ledger/spans.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** So many in a minute, later than everything of which the planner knows: it expects none. */
const MESSAGES = 6_000;
const LINK = 'us-cbp';
const start = floorTo(Date.now(), MINUTE_MS);
const [earlier, ids] = [start - MINUTE_MS, start].map((ms) =>
  Array.from({ length: MESSAGES }, (_, n) => idOf(ms, n)),
) as [string[], string[]];
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await store(earlier, earlier, earlier.slice(-1));
  await db.sql('analyze message, delivery, outbox');
  // The first was never answered; the second is answered and gone from its lane.
  await store(ids, ids.slice(1), ids.slice(2));
}, 60_000);
afterAll(() => db[Symbol.asyncDispose]());

async function store(messages: string[], answered: string[], pending: string[]): Promise<void> {
  await db.sql(
    `insert into message (id, link, direction, type, subject, outcome, kid, sha256, at)
     select id, $2, 'out', 'enterprise-status', 'CN44', 'accepted', 'k', sha256(uuid_send(id)), now()
     from unnest($1::uuid[]) as id`,
    [messages, LINK],
  );
  await db.sql(
    `insert into delivery (id, link, outcome, at) select id, $2, 'delivered', now() from unnest($1::uuid[]) as id`,
    [answered, LINK],
  );
  await db.sql(
    `insert into outbox (link, lane, id, subject, urgent, at)
     select $2, '0', id, 'CN44', false, now() from unnest($1::uuid[]) as id`,
    [pending, LINK],
  );
}

function idOf(ms: number, n: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

it('reads the digests of thousands of answered messages at once, although the planner expects none', async () => {
  const begun = performance.now();
  const span = { since: start, until: start + MINUTE_MS, step: MINUTE_MS } as const;
  const digests = await readAnsweredDigests(db.database, LINK, span);
  expect(performance.now() - begun).toBeLessThan(500);
  const answered = ids.slice(1).map((id) => Buffer.from(id.replaceAll('-', ''), 'hex'));
  const bytes = Buffer.concat(answered.flatMap((id) => [id, hash('sha256', id, 'buffer')]));
  expect(digests).toEqual([{ start, count: MESSAGES - 1, hash: hash('sha256', bytes, 'buffer') }]);
});

it('lists thousands of own messages at once, although the planner expects none', async () => {
  const begun = performance.now();
  const [first, below] = idsOfStep(start, MINUTE_MS);
  const own = await listOwn(db.database, LINK, first, below);
  expect(performance.now() - begun).toBeLessThan(500);
  expect(own.map(({ id }) => id)).toEqual(ids);
  const known = { sha256: own[0]?.sha256, erased: true };
  expect(own[0]).toEqual({ id: ids[0], ...known, answered: false, pending: false });
  expect(own[1]).toMatchObject({ answered: true, pending: false });
  expect(own.slice(2).every(({ answered, pending }) => answered && pending)).toBe(true);
});
