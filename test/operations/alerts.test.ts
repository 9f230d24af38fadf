import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { grantAccess } from '../../src/access/grant-access.ts';
import { tokenReader } from '../../src/access/read-token.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { Secret } from '../../src/config/secrets.ts';
import { requireTokens } from '../../src/http/authenticate.ts';
import { AlertBoard } from '../../src/operations/alerts/alert-board.ts';
import type { HandledAlert } from '../../src/operations/alerts/handle-alert.ts';
import { deliverNext } from '../../src/operations/alerts/notify/deliver-notices.ts';
import { addAlertRoutes } from '../../src/operations/alerts/routes.ts';
import { deliveryAlerts } from '../../src/operations/alerts/sources/delivery-alerts.ts';
import { letterAlerts } from '../../src/operations/alerts/sources/letter-alerts.ts';
import { compareAlerts } from '../../src/operations/alerts/watch-alerts.ts';
import { whatToDo } from '../../src/operations/alerts/what-to-do.ts';
import { addNoteRoutes } from '../../src/operations/notes/routes.ts';
import { keepLog, startTestServer, type TestServer } from '../support/http.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

const MINUTE_MS = 60_000;
let pair: Pair;
let server: TestServer;
let token: string;
let board: AlertBoard;
const kept = keepLog();

beforeAll(async () => {
  pair = await createPair();
  pair.cn.link.lanes = 1;
  const { database } = pair.cn.db;
  const grant = { name: 'li.wei', role: 'operator' } as const;
  ({ token } = await grantAccess(database, appendEntries, grant, 'test', new Date()));
  server = await startTestServer('internal', async (app) => {
    await app.register(async (api) => {
      requireTokens(api, tokenReader(database));
      addAlertRoutes(api, { database, board: { standing: () => board.standing() } as AlertBoard });
      addNoteRoutes(api, database);
    });
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});
/** A board of now: what was looked up a second ago is kept by one. */
beforeEach(() => look());

function look(): void {
  board = new AlertBoard(kept.log);
  const { database } = pair.cn.db;
  board.add(deliveryAlerts({ database, links: new Map([['us-cbp', pair.cn.link]]) }), letterAlerts(database));
}

/** An alert, a list of them, or a problem. */
interface Answer extends Partial<HandledAlert> {
  items: HandledAlert[];
  counts: object;
  errors: object[];
}

async function call(method: string, path: string, body?: object) {
  const answer = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Answer };
}

it('names the link, the lane, what is the matter and what to do, from failures that go on for a minute', async () => {
  await pair.cn.submit({ type: 'enterprise-status', data: recordOf('CN4403960001') });
  pair.wire.post = async () => ({ status: 503, headers: {}, body: '', ms: 1 });
  await pair.deliver(pair.cn, ['0']);
  expect(await board.standing()).toEqual([]);

  await pair.cn.db.sql(`update attempt set started_at = started_at - interval '3 min'`);
  look();
  const { body } = await call('GET', '/v1/ops/alerts');
  expect(body.counts).toMatchObject({ warning: 1, critical: 0, muted: 0 });
  expect(body.items).toMatchObject([
    {
      code: 'lane-backing-off',
      severity: 'warning',
      link: 'us-cbp',
      lane: '0',
      state: 'open',
      runbook: 'docs/operating.md#lane-backing-off',
      text: {
        en: expect.stringMatching(/^us-cbp, lane 0: .*503.*1 waiting$/),
        zh: expect.stringContaining('通道 0'),
      },
    },
  ]);
});

it('is acknowledged, muted with a reason that the audit log keeps, and noted on', async () => {
  const { id } = (await call('GET', '/v1/ops/alerts')).body.items[0] ?? { id: '' };
  const acknowledged = await call('POST', `/v1/ops/alerts/${id}/acknowledge`, { note: 'called their shift' });
  expect(acknowledged.body).toMatchObject({ state: 'acknowledged', acknowledged: { by: 'li.wei' } });
  expect(acknowledged.body.notes).toMatchObject([{ text: 'called their shift', by: 'li.wei' }]);

  const until = new Date(Date.now() + 60 * MINUTE_MS).toISOString();
  expect((await call('POST', `/v1/ops/alerts/${id}/mute`, { until })).body.errors).toMatchObject([
    { pointer: '/reason' },
  ]);
  const late = new Date(Date.now() + 8 * 86_400_000).toISOString();
  expect((await call('POST', `/v1/ops/alerts/${id}/mute`, { until: late, reason: 'x' })).status).toBe(400);
  const muted = await call('POST', `/v1/ops/alerts/${id}/mute`, { until, reason: 'their maintenance' });
  expect(muted.body).toMatchObject({ state: 'muted', mutedUntil: until, mutedBy: 'li.wei' });
  const audited = await pair.cn.db.sql<{ content: string }>(
    `select content from audit_pending where content like '%alert-muted%'`,
  );
  expect(audited.map(({ content }) => JSON.parse(content))).toMatchObject([
    { by: 'li.wei', reason: 'their maintenance' },
  ]);
  expect((await call('POST', `/v1/ops/alerts/${id}/unmute`, {})).body).toMatchObject({
    state: 'acknowledged',
  });
  expect((await call('GET', '/v1/ops/notes')).body.items).toMatchObject([
    { alert: id, text: 'called their shift' },
  ]);
  expect((await call('POST', '/v1/ops/alerts/no.such/acknowledge', {})).status).toBe(404);
});

it('is told once when it comes and once when it is over, and again when it comes back', async () => {
  const { database, sql } = pair.cn.db;
  const parts = { database, log: kept.log, board, notify: true };
  const told = async (now: Date) => {
    look();
    const { raised, cleared } = await compareAlerts({ ...parts, board }, now);
    return [raised.map(({ code }) => code), cleared.map(({ code }) => code)];
  };
  const now = Date.now();
  expect(await told(new Date(now))).toEqual([['lane-backing-off'], []]);
  expect(await told(new Date(now + 1_000))).toEqual([[], []]);
  expect(kept.text()).toContain('alert: us-cbp, lane 0');

  await sql('update lane set attempts = 0');
  // A moment without it is not the end of it.
  expect(await told(new Date(now + 2_000))).toEqual([[], []]);
  expect(await told(new Date(now + 30_000))).toEqual([[], ['lane-backing-off']]);
  await sql(`update lane set attempts = 1 where lane = '0'`);
  expect(await told(new Date(now + 31_000))).toEqual([['lane-backing-off'], []]);
  expect((await call('GET', '/v1/ops/alerts')).body.items).toMatchObject([{ state: 'open' }]);
  const notices = await sql<{ type: string }>(
    `select body::json ->> 'type' as type from alert_notice order by id`,
  );
  expect(notices.map(({ type }) => type)).toEqual(['alert.raised', 'alert.cleared', 'alert.raised']);
});

it('is not told while it is muted, and nothing is over while a source cannot be asked', async () => {
  const { database, sql } = pair.cn.db;
  await sql('delete from alert; delete from alert_notice');
  const [alert] = await board.standing();
  await sql(
    `insert into alert_handling (id, muted_until) values ($1, now() + interval '1 hour')
             on conflict (id) do update set muted_until = excluded.muted_until`,
    [alert?.id],
  );
  await compareAlerts({ database, log: kept.log, board, notify: true }, new Date());
  expect(await sql('select from alert_notice')).toEqual([]);

  // A mute lasts until its time: what still stands then is told.
  const ended = await compareAlerts(
    { database, log: kept.log, board, notify: true },
    new Date(Date.now() + 61 * MINUTE_MS),
  );
  expect(ended.raised.map(({ code }) => code)).toEqual(['lane-backing-off']);
  expect(await sql('select from alert_notice')).toHaveLength(1);
  expect(await sql('select from alert_handling where muted_until is not null')).toEqual([]);
  await sql('delete from alert_notice');

  const broken = new AlertBoard(kept.log);
  broken.add(() => Promise.reject(new Error('no answer')));
  const later = new Date(Date.now() + 10 * MINUTE_MS);
  const { cleared } = await compareAlerts({ database, log: kept.log, board: broken, notify: true }, later);
  expect(cleared).toEqual([]);
});

it('comes to the webhook signed, again under the same id until it is taken', async () => {
  const { database, sql } = pair.cn.db;
  await sql('delete from alert; delete from alert_notice; delete from alert_handling');
  await compareAlerts({ database, log: kept.log, board, notify: true }, new Date(Date.now() - 1_000));
  const got: { headers: IncomingHttpHeaders; body: string }[] = [];
  const hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(got.length === 1 ? 500 : 204).end();
    });
  });
  await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done));
  const webhook = {
    url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/alerts`,
    secret: new Secret(`whsec_${Buffer.from('a secret of 32 bytes, more or less').toString('base64')}`),
  };
  expect(await deliverNext({ database, log: kept.log, webhook })).toBe(true);
  expect(await deliverNext({ database, log: kept.log, webhook })).toBe(false);
  await sql('update alert_notice set due_at = now()');
  expect(await deliverNext({ database, log: kept.log, webhook })).toBe(true);
  hook.close();
  expect(await sql('select from alert_notice')).toEqual([]);

  expect(got).toHaveLength(2);
  expect(got[0]?.headers['webhook-id']).toBe(got[1]?.headers['webhook-id']);
  const { headers, body } = got[1] ?? { headers: {}, body: '' };
  const signature = createHmac('sha256', 'a secret of 32 bytes, more or less')
    .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
    .digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(JSON.parse(body)).toMatchObject({
    type: 'alert.raised',
    data: { code: 'lane-backing-off', lane: '0' },
  });
});

it.each(Object.keys(whatToDo))('docs/operating.md has a section %s', (code) => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/operating.md'), 'utf8')).toContain(
    `\n### ${code}\n`,
  );
});
