import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WebhookConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/config/secrets.ts';
import { CLI } from '../../src/demo/start-side.ts';
import { verifySet } from '../../src/envelope/verify-set.ts';
import { verificationPolicy } from '../../src/reception/verification-policy.ts';
import { addStreamOperations } from '../../src/streams/routes.ts';
import { runLeased } from '../../src/turns/run-leased.ts';
import { openTarget } from '../../src/webhooks/call-webhook.ts';
import { consumerAlerts } from '../../src/webhooks/consumer-alerts.ts';
import { ensureWebhooks } from '../../src/webhooks/ensure-webhooks.ts';
import { guardedLookup, isForbiddenAddress } from '../../src/webhooks/guard-target.ts';
import { addWebhookRoutes } from '../../src/webhooks/routes.ts';
import { runWebhook } from '../../src/webhooks/run-webhook.ts';
import { openTestApi, type TestApi } from '../access/open-api.ts';
import { type Consumer, openConsumer } from '../streams/open-consumer.ts';
import { isSignedWith, type Receiver, startReceiver } from './receiver.ts';

const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

const execute = promisify(execFile);

let consumer: Consumer;
let receiver: Receiver;
let api: TestApi;
let operator: string;
const webhooks: WebhookConfig[] = [];
let webhook: WebhookConfig;
beforeAll(async () => {
  consumer = await openConsumer();
  receiver = await startReceiver();
  api = await openTestApi({
    db: consumer.pair.us.db,
    links: ['cn-gacc', 'eu-taxud'],
    addRoutes(routes) {
      addWebhookRoutes(routes, { database: consumer.pair.us.db.database, webhooks });
      addStreamOperations(routes, consumer.pair.us.db.database);
    },
  });
  operator = await api.token({ name: 'operator', role: 'operator' });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  await consumer[Symbol.asyncDispose]();
});
beforeEach(async () => {
  receiver.calls.length = 0;
  receiver.answer = () => ({ status: 204 });
  webhook = {
    name: `back-end-${webhooks.length}`,
    url: receiver.url,
    purpose: 'clearance',
    link: 'cn-gacc',
    types: ['enterprise-status', 'certification-change', 'validation-result'],
    from: 'now',
    secrets: [new Secret(OLD)],
    pauseAfterMs: 3_600_000,
  };
  webhooks.push(webhook);
  await ensureWebhooks(consumer.pair.us.db.database, [webhook], new Date());
});

const reads: string[] = [];

/** One gateway process's worker, ended at the end of the test. */
function work(owner = 'one', change: Partial<WebhookConfig> = {}): AsyncDisposable {
  const { database } = consumer.pair.us.db;
  const log = pino({ level: 'silent' });
  const target = openTarget({ ...webhook, ...change });
  const parts = {
    database,
    log,
    webhook: { ...webhook, ...change },
    target,
    signal: consumer.signal,
    reads: {
      record: ({ principal, ids }: { principal: string; ids: readonly string[] }) =>
        void reads.push(principal, ...ids),
    },
    retry: { firstMs: 20, maxMs: 60 },
  };
  const running = runLeased({
    database,
    log,
    owner,
    name: `webhook.${webhook.name}`,
    work: (over) => runWebhook(parts, over),
  });
  return {
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

const act = async (name: string, body: object = {}) =>
  (await api.call('POST', `/v1/ops/webhooks/${webhook.name}/${name}`, operator, body)).status;
async function shown(): Promise<Record<string, unknown>> {
  const { items } = (await (await api.call('GET', '/v1/ops/webhooks', operator)).json()) as {
    items: Record<string, unknown>[];
  };
  return items.find((item) => item.name === webhook.name) ?? {};
}
/** In the order of the feed. */
async function inFeed(ids: readonly string[]): Promise<string[]> {
  const rows = await consumer.pair.us.db.sql<{ id: string }>(
    'select id from feed where id = any ($1) order by number',
    [ids],
  );
  return rows.map((row) => row.id);
}

describe('a webhook', () => {
  it('is called with each message once, in the order of the feed, signed, and the partner’s SET verifies', async () => {
    await using _worker = work();
    const ids = await consumer.receive(5);
    await expect.poll(() => receiver.calls.length).toBe(5);
    expect(receiver.ids()).toEqual(await inFeed(ids));
    const [call] = receiver.calls;
    if (!call) throw new Error('no call');
    expect(call.path).toBe('/mra');
    expect(isSignedWith(OLD, call)).toBe(true);
    expect(isSignedWith(NEW, call)).toBe(false);
    expect(Math.abs(Number(call.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
    const body = JSON.parse(call.body);
    expect(body).toMatchObject({
      type: 'enterprise-status',
      timestamp: expect.any(String),
      data: { id: receiver.ids()[0], link: 'cn-gacc', version: 1, data: { programme: 'CN-AEO' } },
    });
    const { us } = consumer.pair;
    const verified = await verifySet(body.data.set, verificationPolicy(us.link, us.issuer, new Date()));
    expect(verified.jti).toBe(body.data.id);
    expect(reads).toEqual(expect.arrayContaining([`mra webhook ${webhook.name}`, ...ids]));
    await expect.poll(async () => (await shown()).delivered).toBe(5);
    await delay(200);
    expect(receiver.calls).toHaveLength(5);
    expect(await shown()).toMatchObject({
      state: 'delivering',
      next: null,
      lastError: null,
      url: receiver.url,
    });
  });

  it('is signed with two secrets while one takes the place of the other', async () => {
    await using _worker = work('one', { secrets: [new Secret(NEW), new Secret(OLD)] });
    await consumer.receive(1);
    await expect.poll(() => receiver.calls.length).toBe(1);
    const [call] = receiver.calls;
    expect(call && [isSignedWith(OLD, call), isSignedWith(NEW, call)]).toEqual([true, true]);
  });

  it('is called again with the same message until it takes it; those behind it wait', async () => {
    let failures = 0;
    receiver.answer = () => (failures++ < 3 ? { status: 500 } : { status: 200 });
    await using _worker = work();
    const ids = await inFeed(await consumer.receive(3));
    await expect.poll(() => receiver.calls.length, { timeout: 5_000 }).toBe(6);
    expect(receiver.ids()).toEqual([ids[0], ids[0], ids[0], ...ids]);
    expect(new Set(receiver.calls.slice(0, 4).map((call) => call.body)).size).toBe(1);
    await expect.poll(async () => (await shown()).state).toBe('delivering');
  });

  it.each([
    [
      'redirects',
      { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } },
      'redirects are not followed',
    ],
    ['answers that it is busy', { status: 429, headers: { 'retry-after': '0' } }, 'answered 429'],
    ['refuses', { status: 400 }, 'answered 400'],
  ] as const)('that %s did not take the message', async (_what, answer, error) => {
    receiver.answer = () => answer;
    await using _worker = work();
    const [id] = await consumer.receive(1);
    await expect.poll(async () => (await shown()).lastError).toContain(error);
    expect(await shown()).toMatchObject({ state: 'failing', next: id, failingSince: expect.any(String) });
    expect(new Set(receiver.calls.map((call) => call.path))).toEqual(new Set(['/mra']));
  });

  it('that hangs is cut off, and the stop of the gateway does not wait for it', async () => {
    receiver.answer = () => 'hang';
    const worker = work();
    const [id] = await consumer.receive(1);
    await expect.poll(() => receiver.calls.length).toBe(1);
    const started = performance.now();
    await worker[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await shown()).toMatchObject({ next: id, delivered: 0 });
  });

  it('that has failed for too long is paused with an alert and an audit entry, until an operator resumes it', async () => {
    receiver.answer = () => ({ status: 500 });
    await using _worker = work('one', { pauseAfterMs: 150 });
    const ids = await inFeed(await consumer.receive(2));
    await expect.poll(async () => (await shown()).state, { timeout: 5_000 }).toBe('paused');
    const calls = receiver.calls.length;
    receiver.answer = () => ({ status: 204 });
    await delay(300);
    expect(receiver.calls).toHaveLength(calls);
    const alerts = await consumerAlerts(consumer.pair.us.db.database, [webhook.name])(new Date());
    expect(alerts).toContainEqual(
      expect.objectContaining({ code: 'webhook-paused', severity: 'critical', subject: webhook.name }),
    );
    expect(await act('resume', { reason: 'mended' })).toBe(204);
    await expect.poll(async () => (await shown()).delivered, { timeout: 5_000 }).toBe(2);
    expect(receiver.ids().slice(calls)).toEqual(ids);
    expect(await consumerAlerts(consumer.pair.us.db.database, [webhook.name])(new Date())).toEqual([]);
    const kinds = (await api.entries())
      .filter((e) => Reflect.get(e, 'webhook') === webhook.name)
      .map((e) => e.kind);
    expect(kinds).toEqual(['webhook-paused', 'webhook-resumed']);
  });

  it('that wants no more is paused at once', async () => {
    receiver.answer = () => ({ status: 410 });
    await using _worker = work();
    await consumer.receive(1);
    await expect.poll(async () => (await shown()).state).toBe('paused');
    expect(receiver.calls).toHaveLength(1);
  });

  it('passes over a message where an operator says so, and only the one that is next', async () => {
    const ids = await consumer.receive(2);
    const [poison, good] = await inFeed(ids);
    receiver.answer = ({ headers }) => ({ status: headers['webhook-id'] === poison ? 500 : 204 });
    await using _worker = work();
    await expect.poll(async () => (await shown()).state).toBe('failing');
    expect(await act('skip', { message: good, reason: 'x' })).toBe(409);
    expect(await act('skip', { message: poison, reason: 'its reader cannot parse it' })).toBe(204);
    await expect.poll(async () => (await shown()).delivered, { timeout: 5_000 }).toBe(1);
    expect(receiver.ids().at(-1)).toBe(good);
  });

  it('goes back to the beginning, and is paused, where an operator says so', async () => {
    const before = await consumer.receive(1);
    expect(await act('pause', { reason: 'maintenance' })).toBe(204);
    await using _worker = work();
    await delay(200);
    expect(receiver.calls).toHaveLength(0);
    expect(await act('seek', { to: 'beginning' })).toBe(204);
    expect(await act('resume')).toBe(204);
    await expect.poll(() => receiver.ids(), { timeout: 10_000 }).toEqual(expect.arrayContaining(before));
    expect(await act('seek', { to: 'once upon a time' })).toBe(400);
    expect((await api.call('POST', '/v1/ops/webhooks/nobody/pause', operator, {})).status).toBe(404);
    const other = await api.token({ name: 'elsewhere', role: 'operator', link: 'eu-taxud' });
    expect((await api.call('POST', `/v1/ops/webhooks/${webhook.name}/pause`, other, {})).status).toBe(403);
  });

  it('is called by one of several processes, and by another when that one is gone', async () => {
    const first = work('one');
    await using _second = work('two');
    const ids = await consumer.receive(5);
    await expect.poll(() => receiver.calls.length).toBe(5);
    await first[Symbol.asyncDispose]();
    const more = await consumer.receive(3);
    await expect.poll(() => receiver.calls.length, { timeout: 8_000 }).toBe(8);
    expect(receiver.ids()).toEqual([...(await inFeed(ids)), ...(await inFeed(more))]);
  });
});

it('a webhook whose process was killed is called by another one when its lease is over', async () => {
  await consumer.pair.us.db.sql(
    `insert into worker (name, owner, lease_until) values ($1, 'killed', clock_timestamp() + interval '1 second')`,
    [`webhook.${webhook.name}`],
  );
  await using _worker = work('two');
  await consumer.receive(1);
  await delay(500);
  expect(receiver.calls).toHaveLength(0);
  await expect.poll(() => receiver.calls.length, { timeout: 6_000 }).toBe(1);
});

it('operators list and steer them, and list streams, from the command line', async () => {
  const mra = async (...args: string[]) => {
    const env = { PATH: process.env.PATH, MRA_API: api.gateway.url, MRA_TOKEN: operator };
    return (await execute(process.execPath, [CLI, ...args], { env })).stdout;
  };
  await consumer.call('PUT', '/v1/streams/reader', { from: 'now' });
  const streams = (await mra('streams', 'list')).trimEnd().split('\n');
  expect(streams.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ name: 'reader', link: 'cn-gacc', polledAt: null, unacknowledged: 0 }),
  );
  expect(await mra('webhooks', 'pause', webhook.name, '--reason', 'maintenance')).toContain('pause is done');
  const row = (await mra('webhooks', 'list', '--table'))
    .split('\n')
    .find((line) => line.startsWith(webhook.name));
  expect(row?.split(/ {2,}/)).toEqual([
    webhook.name,
    'cn-gacc',
    'paused',
    '0',
    'never',
    expect.any(String),
    '-',
    receiver.url,
    'maintenance',
  ]);
  await expect(mra('webhooks', 'resume', 'nobody')).rejects.toThrow('no webhook nobody');
}, 30_000);

describe('a webhook’s address', () => {
  it.each([
    ['169.254.169.254', true],
    ['0.0.0.0', true],
    ['fe80::1', true],
    ['224.0.0.1', true],
    ['::ffff:169.254.169.254', true],
    ['127.0.0.1', true],
    ['::1', true],
    ['10.1.2.3', false],
    ['2001:db8::1', false],
  ])('%s: forbidden %s', (address, forbidden) => {
    expect(isForbiddenAddress(address, false)).toBe(forbidden);
  });

  it('may be this machine only where it says so by itself', async () => {
    const look = (host: string) =>
      new Promise((resolve) =>
        guardedLookup(host)('localhost', { all: true }, (error, found) => resolve(error?.message ?? found)),
      );
    expect(await look('back-end.customs.example')).toContain('no webhook may call');
    expect(await look('localhost')).not.toContain('no webhook may call');
  });
});
