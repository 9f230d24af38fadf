import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { recordOf } from '../support/messages.ts';

let gateway: TestGateway;
let operator: string;

beforeAll(async () => {
  gateway = await startTestGateway('CN', 61);
  operator = await gateway.grant('operator', 'support');
  const backend = await gateway.grant('backend', 'support');
  const body = { type: 'enterprise-status', data: recordOf('CN4403960001'), txn: 'CASE-1' };
  await ask(gateway.internal, { path: '/v1/messages', token: backend, body });
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
