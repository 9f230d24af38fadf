import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadLog } from '../../src/access/record-reads.ts';
import type { Principal } from '../../src/access/tokens.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { calendarDay } from '../../src/contract/party.ts';
import { requireTokens } from '../../src/http/authenticate.ts';
import { addRecognitionRoutes } from '../../src/recognition/routes.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

const HEARD = new Date('2026-11-24T08:00:00.000Z');
const TOKEN = `mra_${'a'.repeat(43)}`;
const principal: Principal = {
  id: '0',
  name: 'front-line',
  role: 'reader',
  scopes: new Set(['register:read'] as const),
};

let pair: Pair;
let server: TestServer;
let reads: ReadLog;

beforeAll(async () => {
  pair = await createPair();
  const { us } = pair;
  reads = new ReadLog(us.db.database, appendEntries, { log: { error() {} } });
  server = await startTestServer('internal', (app) => {
    requireTokens(app, { read: async () => principal });
    addRecognitionRoutes(app, {
      database: us.db.database,
      party: 'US',
      links: new Map([[us.link.id, us.link]]),
      lastHeard: () => HEARD,
      now: () => new Date(),
      reads,
    });
  });
  await pair.cn.submit({
    type: 'enterprise-status',
    data: recordOf('CN4403960A1B', { occasion: 'initial-load' }),
  });
  await pair.cn.submit({ type: 'certification-change', data: changeOf('CN4403960A1B') });
  await pair.cn.submit({
    type: 'enterprise-status',
    data: recordOf('CN4403960A1C', { occasion: 'initial-load' }),
  });
  await pair.deliver(pair.cn);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await reads.close();
  await pair[Symbol.asyncDispose]();
});

interface Answer {
  type: string;
  items: { id: string; reason: string }[];
  errors: { pointer: string }[];
}

const ask = async (path: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${TOKEN}`, 'data-purpose': 'clearance', ...init.headers };
  const answer = await fetch(`${server.url}${path}`, { ...init, headers });
  return { status: answer.status, body: (await answer.json()) as Answer };
};
const post = (body: unknown) =>
  ask('/v1/recognition', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

describe('GET /v1/recognition/{id}', () => {
  it('says why an operator gets no benefits, what that rests on, and how old it is', async () => {
    const { status, body } = await ask('/v1/recognition/CN4403960A1B');
    expect(status).toBe(200);
    expect(body).toEqual({
      id: 'CN4403960A1B',
      link: 'cn-gacc',
      recognised: false,
      reason: 'suspended',
      regime: 'GACC-282',
      class: 'advanced-certified',
      status: 'suspended',
      since: '2026-11-21',
      on: calendarDay('CN', new Date()),
      benefits: [],
      basis: [expect.any(String), expect.any(String)],
      asOf: expect.any(String),
    });
  });

  it('answers for one that nobody knows', async () => {
    const { body } = await ask('/v1/recognition/CN0000000000');
    expect(body).toMatchObject({
      recognised: false,
      reason: 'unknown',
      class: null,
      asOf: HEARD.toISOString(),
    });
  });

  it.each([
    '/v1/recognition/nobody',
    '/v1/recognition/CN4403960A1B?on=2026-02-30',
    '/v1/recognition/CN4403960A1B?asOf=soon',
  ])('refuses %s', async (path) =>
    expect((await ask(path)).body).toMatchObject({ type: 'urn:mra-gateway:problem:malformed', status: 400 }),
  );

  it('wants to know what for', async () => {
    const { body } = await ask('/v1/recognition/CN4403960A1B', { headers: { 'data-purpose': 'curiosity' } });
    expect(body.type).toBe('urn:mra-gateway:problem:purpose-unknown');
  });
});

describe('POST /v1/recognition', () => {
  it('answers each id in order, one that comes twice too', async () => {
    const ids = ['CN4403960A1C', 'CN0000000000', 'CN4403960A1C', 'US1'];
    const { body } = await post({ ids });
    expect(body.items.map((a) => [a.id, a.reason])).toEqual([
      ['CN4403960A1C', 'recognised'],
      ['CN0000000000', 'unknown'],
      ['CN4403960A1C', 'recognised'],
      ['US1', 'unknown'],
    ]);
  });

  it('takes 1,000 ids and not one more, and names every fault', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `CN${String(4403000000 + n)}`);
    expect((await post({ ids: many(1_000) })).body.items).toHaveLength(1_000);
    expect((await post({ ids: many(1_001) })).body.errors).toMatchObject([{ pointer: '/ids' }]);
    const { status, body } = await post({ ids: ['CN1', 'x', 7], on: 3, more: 1 });
    expect(status).toBe(400);
    expect(body.errors.map((e) => e.pointer)).toEqual(['/ids/1', '/ids/2', '/on', '/more']);
  });

  it('leaves on record who asked for whom and what for', async () => {
    await reads.flush();
    const rows = await pair.us.db.sql<{ what: string; purpose: string; ids: string[] }>(
      `select what, purpose, ids from access_log where what = 'recognition'`,
    );
    expect(rows.flatMap((row) => row.ids)).toContain('CN4403960A1B');
    expect(rows.flatMap((row) => row.ids)).not.toContain('US1');
    expect(rows[0]?.purpose).toBe('clearance');
  });
});
