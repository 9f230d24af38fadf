import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { recordOf } from '../support/messages.ts';

let gateway: TestGateway;
let operator: string;
let id: string;

beforeAll(async () => {
  gateway = await startTestGateway('CN', 61);
  operator = await gateway.grant('operator', 'support');
  const backend = await gateway.grant('backend', 'support');
  const body = { type: 'enterprise-status', data: recordOf('CN4403960001'), txn: 'CASE-1' };
  const accepted = await ask<{ id: string }>(gateway.internal, {
    path: '/v1/messages',
    token: backend,
    body,
  });
  id = accepted.body.id;
});

afterAll(() => gateway[Symbol.asyncDispose]());

const get = <T extends object>(path: string) =>
  ask<T>(gateway.internal, { method: 'GET', path, token: operator });

it('shows a running gateway at a glance, while nobody is at the partner’s', async () => {
  const { status, body } = await get('/v1/ops/overview');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    party: 'CN',
    deadLetters: { parked: 0, refused: 0 },
    alerts: { critical: expect.any(Number) },
    links: [
      { id: 'us-cbp', pending: 1, out: { waiting: 1 }, in: { state: 'silent' }, lastReconciliation: null },
    ],
  });
  expect((await get('/v1/ops/series?range=24h&link=us-cbp')).body).toMatchObject({ stepSeconds: 600 });
  const lanes = await get<{ items: { pending: number }[] }>('/v1/ops/lanes?link=us-cbp');
  expect(lanes.body.items.find(({ pending }) => pending === 1)).toMatchObject({
    why: { en: expect.any(String), zh: expect.any(String) },
  });
  expect((await get('/v1/ops/attempts?link=us-cbp')).status).toBe(200);
  expect((await get('/v1/ops/alerts')).status).toBe(200);
});

it('shows one message with its evidence: signature, bytes and the proof of its audit entry', async () => {
  const path = `/v1/ops/messages/${id}/evidence`;
  const evidence = async () =>
    (await get<{ audit: object[]; checks: { name: string; ok: boolean }[] }>(path)).body;
  await expect
    .poll(async () => (await evidence()).audit)
    .toMatchObject([{ kind: 'message-accepted', proof: { ok: true } }]);
  expect((await evidence()).checks.filter(({ ok }) => ok).map(({ name }) => name)).toEqual([
    'signature',
    'hash',
    'audit-proof',
  ]);
});

it('names the messages in its log', () => {
  expect(gateway.kept.lines()).toContainEqual(
    expect.objectContaining({ msg: 'messages accepted', link: 'us-cbp', count: 1, messages: [id] }),
  );
});

it('finds it by the name of the enterprise, and counts', async () => {
  const named = `name=${encodeURIComponent('恒达电子')}`;
  await expect
    .poll(async () => (await get<object>(`/v1/messages?${named}`)).body)
    .toMatchObject({
      items: [{ id, name: { native: '深圳恒达电子有限公司' } }],
    });
  expect((await get(`/v1/messages/count?${named}`)).body).toEqual({ count: 1, more: false, enterprises: 1 });
  const auditor = await gateway.grant('auditor');
  const reads = await ask(gateway.internal, { method: 'GET', path: '/v1/ops/reads', token: auditor });
  expect(reads.status).toBe(200);
});

/** Opens the stream of events with a session's cookie. */
async function listen(): Promise<{
  next(event: string): Promise<object>;
  ended: () => Promise<boolean>;
  close(): void;
}> {
  const opened = await ask(gateway.internal, { path: '/v1/session', token: operator });
  const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? '';
  const stop = new AbortController();
  const answer = await fetch(`${gateway.internal}/v1/ops/events`, {
    headers: { cookie },
    signal: stop.signal,
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  const next = async (event: string): Promise<object> => {
    for (;;) {
      const found = new RegExp(`event: ${event}\\ndata: (.*)\\n\\n`).exec(text);
      if (found?.[1]) {
        text = text.slice(found.index + found[0].length);
        return JSON.parse(found[1]) as object;
      }
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended before ${event}`);
      text += decoder.decode(value, { stream: true });
    }
  };
  const ended = async (): Promise<boolean> => {
    for (;;) if ((await reader.read()).done) return true;
  };
  return { next, ended, close: () => stop.abort() };
}

it('tells a console what changes, with the cookie of its session', async () => {
  const stream = await listen();
  expect(await stream.next('overview')).toMatchObject({ links: [{ id: 'us-cbp' }] });
  const first = await stream.next('lane');
  expect(first).toMatchObject({ link: 'us-cbp' });
  await ask(gateway.internal, { path: '/v1/ops/lanes/us-cbp/control/pause', token: operator, body: {} });
  let lane: { lane?: string; state?: string } = {};
  while (lane.lane !== 'control' || lane.state !== 'paused') lane = await stream.next('lane');
  stream.close();
});

it('ends the streams when it stops', async () => {
  const stream = await listen();
  await stream.next('overview');
  const [ended] = await Promise.all([stream.ended(), gateway[Symbol.asyncDispose]()]);
  expect(ended).toBe(true);
});
