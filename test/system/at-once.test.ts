import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answered, ask } from '../support/ask.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { recordOf } from '../support/messages.ts';

const PORT_OFFSET = 3_000;
const SUBJECTS = 40;
const ROUNDS = 12;

let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await startTestGateway('CN', PORT_OFFSET);
  token = await gateway.grant('backend', 'clearance');
});
afterAll(() => gateway[Symbol.asyncDispose]());

const idOf = (serial: number): string => `CN44${String(30_000_000 + serial)}`;
const message = (serial: number) => ({ type: 'enterprise-status', data: recordOf(idOf(serial)) });

function submit<T>(path: string, body: object, key?: string): Promise<Answered<T>> {
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  return ask<T>(gateway.internal, { path, token, body, headers });
}

it('two requests at once with one idempotency key make one message, and both get its answer', async () => {
  for (let n = 0; n < 10; n++) {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => submit<{ id: string }>('/v1/messages', message(900 + n), `once-${n}`)),
    );
    // With what was said where it is not taken.
    expect(answers.map(({ status, text }) => (status === 202 ? status : text))).toEqual([202, 202, 202, 202]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    const stored = await gateway.db.sql('select id from message where subject = $1', [idOf(900 + n)]);
    expect(stored).toEqual([{ id: answers[0]?.body.id }]);
  }
});

it('batches with the same subjects in other orders do not deadlock, and draw every version once', async () => {
  const before = await deadlocks();
  const forth = Array.from({ length: SUBJECTS }, (_, n) => n);
  const orders = [forth, forth.toReversed(), shuffled(forth, 7), shuffled(forth, 11)];
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all(
      orders.map((order) =>
        submit<{ accepted: number }>('/v1/messages/batch', { messages: order.map(message) }),
      ),
    );
    expect(answers.map(({ status, body }) => [status, body.accepted])).toEqual(
      orders.map(() => [200, SUBJECTS]),
    );
  }
  expect(await deadlocks()).toBe(before);
  const versions = await gateway.db.sql<{ held: number; greatest: string }>(
    `select count(*)::int as held, max(version)::int as greatest from subject_version
     where subject = any ($1) group by subject`,
    [forth.map(idOf)],
  );
  const total = ROUNDS * orders.length;
  expect(versions).toEqual(forth.map(() => ({ held: total, greatest: total })));
});

/** As PostgreSQL counts them, which sees also those that a retry hid. */
async function deadlocks(): Promise<unknown> {
  await gateway.db.sql('select pg_stat_force_next_flush()');
  const [row] = await gateway.db.sql<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return row?.deadlocks;
}

/** Another order, the same in every run. */
function shuffled(numbers: readonly number[], factor: number): number[] {
  return numbers.map((n) => (n * factor + 3) % SUBJECTS);
}
