import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReadLog } from '../../../src/access/record-reads.ts';
import { appendEntries } from '../../../src/audit/append-entries.ts';
import { feedSignal } from '../../../src/feed/await-change.ts';
import { addFeedRoutes } from '../../../src/feed/routes.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { INTAKE_LIMITS, openIntake } from '../../../src/submission/intake/admit-intake.ts';
import { type OutboxGauge, openOutboxGauge } from '../../../src/submission/intake/outbox-gauge.ts';
import { addSubmissionRoutes } from '../../../src/submission/routes.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { recordOf } from '../../support/messages.ts';
import { createPair, type Pair } from '../../support/pair.ts';

const log = pino({ level: 'silent' });

let pair: Pair;
let gateway: TestServer;
let gauge: OutboxGauge;
let stack: AsyncDisposableStack;
let serial = 0;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  pair = stack.use(await createPair());
  const { party, issuer, keyRing, link } = pair.cn;
  link.outboxMax = 3;
  // Locks are not waited for as long as in production.
  const database = stack.use(openDatabase(pair.cn.db.connectionString, { lockTimeoutMs: 300 }));
  gauge = stack.use(await openOutboxGauge(database, log));
  const limits = { ...INTAKE_LIMITS, atOnceMax: 2, waitMsMax: 100, restMs: 200 };
  const intake = openIntake({ gauge, outboxMax: () => link.outboxMax, limits });
  const reads = stack.use(new ReadLog(database, appendEntries, { log }));
  gateway = stack.use(
    await startTestServer('internal', async (server) => {
      server.addHook('onRequest', async (request) => {
        request.principal = { id: 'test', name: 'test', role: 'backend', scopes: new Set() };
        request.purpose = 'clearance';
      });
      addSubmissionRoutes(server, {
        database,
        party,
        issuer,
        keyRing,
        links: new Map([[link.id, link]]),
        intake,
        reads: { record() {} },
        onAccepted() {},
        assertOpen() {},
      });
      addFeedRoutes(server, { database, incarnation: 'x', signal: feedSignal(), reads });
    }),
  );
});
afterAll(() => stack.disposeAsync());

beforeEach(async () => {
  await pair.deliver(pair.cn);
  await expect.poll(() => gauge.waiting(pair.cn.link.id), { timeout: 10_000 }).toBe(0);
});

function submit(): Promise<Response> {
  const data = recordOf(`CN44${String(50_000_000 + serial++)}`);
  return fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'enterprise-status', data }),
  });
}

async function expectRefused(answer: Response, reason: string): Promise<void> {
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ type: 'urn:mra-gateway:problem:unavailable', reason });
}

async function messages(): Promise<number> {
  const [row] = await pair.cn.db.sql<{ count: number }>(
    `select count(*)::int as count from message where direction = 'out'`,
  );
  return row?.count ?? 0;
}

async function expectFeed(): Promise<void> {
  expect((await fetch(`${gateway.url}/v1/changes`)).status).toBe(200);
}

/** What must go on: the feed of this side, and the exchange in both directions. */
async function expectExchange(): Promise<void> {
  await expectFeed();
  for (const drained of await pair.deliver(pair.cn)) expect(drained.ended).toBe('empty');
  await pair.receipt(pair.us);
  const [left] = await pair.us.db.sql<{ count: number }>('select count(*)::int as count from outbox');
  expect(left?.count).toBe(0);
}

describe('back-pressure', () => {
  it('refuses with 503 what exceeds the limit of the outbox; delivery makes room again', async () => {
    for (let n = 0; n < 3; n++) expect((await submit()).status).toBe(202);
    const before = await messages();
    await expectRefused(await submit(), 'outbox-full');
    expect(await messages()).toBe(before);
    await expectExchange();
    await expect.poll(() => gauge.waiting(pair.cn.link.id), { timeout: 10_000 }).toBe(0);
    expect((await submit()).status).toBe(202);
  });

  it('refuses with 503 while the disk is full, and nothing is half done', async () => {
    await pair.cn.db.sql(`create function disk_full() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`);
    await pair.cn.db.sql(
      'create trigger disk_full before insert on outbox for each row execute function disk_full()',
    );
    const before = await messages();
    await expectRefused(await submit(), 'disk-full');
    await expectRefused(await submit(), 'disk-full');
    expect(await messages()).toBe(before);
    await expectExchange();
    await pair.cn.db.sql('drop trigger disk_full on outbox');
    await expect.poll(async () => (await submit()).status, { timeout: 10_000 }).toBe(202);
  });

  it('refuses with 503 while the database is slow: those that were let in by the lock, those that wait by their turn', async () => {
    const hold = pair.cn.db.database.transaction(async (tx) => {
      await tx.execute('lock table subject in access exclusive mode');
      const answers = await Promise.all([submit(), submit(), submit(), submit()]);
      await expectFeed();
      return Promise.all(
        answers.map(async (answer) => [answer.status, Reflect.get(Object(await answer.json()), 'reason')]),
      );
    });
    expect((await hold).sort()).toEqual([
      [503, 'busy'],
      [503, 'busy'],
      [503, 'database-slow'],
      [503, 'database-slow'],
    ]);
    expect((await submit()).status).toBe(202);
  });
});
