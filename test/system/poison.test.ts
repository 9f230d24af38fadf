import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { recordOf } from '../support/messages.ts';

const PORT_OFFSET = 5_000;
const COUNT = 60;

let gateway: TestGateway;
let partner: Server;
/** Messages at which the partner fails. */
const poisonous = new Set<string>();

beforeAll(async () => {
  gateway = await startTestGateway('CN', PORT_OFFSET, (config) => ({
    ...config,
    links: config.links.map((link) => ({
      ...link,
      exchangeUrl: link.exchangeUrl.replace('https:', 'http:'),
      lanes: 2,
      retry: { firstMs: 20, maxMs: 200 },
    })),
  }));
  partner = createServer(async (request, response) => {
    if (request.url === '/exchange/events') return response.writeHead(202).end();
    if (request.url !== '/exchange/sets') return response.writeHead(404).end();
    const { sets } = (await json(request)) as { sets: Record<string, string> };
    if (Object.keys(sets).some((id) => poisonous.has(id))) return response.writeHead(500).end();
    response.writeHead(202, { 'content-type': 'application/json', 'mra-edition': '1' });
    return response.end(JSON.stringify({ ack: Object.keys(sets), setErrs: {} }));
  });
  const { hostname, port } = new URL(gateway.config.links[0]?.exchangeUrl ?? '');
  await new Promise<void>((ready) => partner.listen(Number(port), hostname, ready));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  partner.close();
  partner.closeAllConnections();
});

async function until(what: string, met: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(50)) if (await met()) return;
  throw new Error(`${what} did not come about`);
}

it('a message at which the partner fails is parked while all others are delivered, and goes when an operator retries it', async () => {
  const [operator, backend] = [await gateway.grant('operator'), await gateway.grant('backend')];
  const lanesOf = (action: string) =>
    Promise.all(
      ['0', '1'].map((lane) =>
        ask(gateway.internal, { path: `/v1/ops/lanes/us-cbp/${lane}/${action}`, token: operator }),
      ),
    );
  await lanesOf('pause');
  const messages = Array.from({ length: COUNT }, (_, n) => ({
    type: 'enterprise-status',
    data: recordOf(`CN44039${String(n).padStart(5, '0')}`),
  }));
  const { body } = await ask<{ results: { id: string }[] }>(gateway.internal, {
    path: '/v1/messages/batch',
    token: backend,
    body: { messages },
  });
  const bad = body.results[7]?.id ?? '';
  poisonous.add(bad);
  await lanesOf('resume');

  const letters = async () =>
    (
      await ask<{ items: { id: string; reason: string }[] }>(gateway.internal, {
        method: 'GET',
        path: '/v1/ops/dead-letters',
        token: operator,
      })
    ).body.items;
  await until('the parking', async () => (await letters()).length > 0);
  expect(await letters()).toMatchObject([
    { id: bad, reason: expect.stringContaining('partner answered 500') },
  ]);
  const delivered = async () => (await gateway.db.sql('select 1 from delivery')).length;
  await until('the delivery of the others', async () => (await delivered()) === COUNT - 1);

  poisonous.clear();
  const path = `/v1/ops/dead-letters/${bad}/retry`;
  expect((await ask(gateway.internal, { path, token: operator, body: { reason: 'mended' } })).status).toBe(
    200,
  );
  await until('the delivery of the last', async () => (await delivered()) === COUNT);
});
