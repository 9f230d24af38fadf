import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { grantAccess } from '../../src/access/grant-access.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { loadConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/config/secrets.ts';
import type { Party } from '../../src/contract/party.ts';
import { GatewayClient } from '../../src/demo/gateway-client.ts';
import { type PreparedSide, prepareSides } from '../../src/demo/prepare-sides.ts';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { keepLog } from '../support/http.ts';
import { recordOf } from '../support/messages.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { isSignedWith, type Receiver, startReceiver } from '../webhooks/receiver.ts';

/** Ports that no other pair of the tests uses. */
const PORT_OFFSET = 6_000;
const COUNT = 40;

const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

let folder: TemporaryFolder;
let receiver: Receiver;
const sides = {} as Record<Party, { prepared: PreparedSide; db: TestDatabase; gateway: Gateway }>;

/** Nobody can call the American gateway for messages: it polls for China's, and China polls for its receipts. */
beforeAll(async () => {
  folder = await createTemporaryFolder();
  receiver = await startReceiver();
  const prepared = await prepareSides(folder.path, PORT_OFFSET);
  for (const party of ['CN', 'US'] as const) {
    const file = prepared[party].config;
    const written = JSON.parse(readFileSync(file, 'utf8'));
    Object.assign(written.links[0], { delivery: 'poll', reception: 'poll' });
    if (party === 'US') {
      written.webhooks = [
        { name: 'back-end', url: receiver.url, purpose: 'clearance', secretFiles: ['new.txt', 'old.txt'] },
      ];
      writeFileSync(join(prepared.US.folder, 'new.txt'), `${NEW}\n`);
      writeFileSync(join(prepared.US.folder, 'old.txt'), OLD);
    }
    writeFileSync(file, JSON.stringify(written));
    const db = await createTestDatabase();
    const config = { ...(await loadConfig({ file })), database: { url: new Secret(db.connectionString) } };
    sides[party] = { prepared: prepared[party], db, gateway: await startGateway(config, keepLog().log) };
  }
}, 60_000);

afterAll(async () => {
  await Promise.all(Object.values(sides).map(({ gateway }) => gateway[Symbol.asyncDispose]()));
  await Promise.all(Object.values(sides).map(({ db }) => db.close()));
  await receiver[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
}, 60_000);

const count = async (party: Party, sql: string): Promise<number> =>
  Number((await sides[party].db.sql<{ n: string }>(`select count(*) n from ${sql}`))[0]?.n);

it('over mutual TLS, messages and receipts travel by polls alone, both ways', async () => {
  const { CN } = sides;
  const grant = { name: 'load', role: 'backend' } as const;
  const { token } = await grantAccess(CN.db.database, appendEntries, grant, 'test', new Date());
  await using client = new GatewayClient(CN.gateway.internal);
  const messages = Array.from({ length: COUNT }, (_, n) => ({
    type: 'enterprise-status',
    data: recordOf(`CN4403${String(n).padStart(6, '0')}`),
  }));
  await expect
    .poll(
      () =>
        client.post<{ accepted: number }>('/v1/messages/batch', token, { messages }).then(
          ({ accepted }) => accepted,
          () => 0,
        ),
      { timeout: 15_000 },
    )
    .toBe(COUNT);
  await expect.poll(() => count('CN', 'receipt'), { timeout: 20_000 }).toBe(COUNT);
  expect(
    await count(
      'US',
      `message where direction = 'in' and outcome = 'accepted' and type = 'enterprise-status'`,
    ),
  ).toBe(COUNT);
  expect(await count('CN', `delivery where outcome = 'delivered'`)).toBeGreaterThanOrEqual(COUNT);
  for (const { gateway } of Object.values(sides)) {
    const figures = await (await fetch(`${gateway.internal}/metrics`)).text();
    expect(figures).toContain('route="/exchange/poll"');
    expect(figures, 'nothing was pushed').not.toContain('route="/exchange/sets"');
  }
  await expect.poll(() => count('CN', 'outbox'), { timeout: 10_000 }).toBe(0);
}, 60_000);

it('they reach own back ends there: a webhook is called with each, and a stream holds each until it is acknowledged', async () => {
  const { US } = sides;
  await expect.poll(() => new Set(receiver.ids()).size, { timeout: 10_000 }).toBe(COUNT);
  expect(receiver.calls).toHaveLength(COUNT);
  expect(receiver.calls.every((call) => isSignedWith(OLD, call) && isSignedWith(NEW, call))).toBe(true);
  const grant = { name: 'reader', role: 'backend', purpose: 'clearance' } as const;
  const { token } = await grantAccess(US.db.database, appendEntries, grant, 'test', new Date());
  const call = (method: string, path: string, body: object) =>
    fetch(US.gateway.internal + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await call('PUT', '/v1/streams/reader', {})).status).toBe(201);
  const seen = new Set<string>();
  for (let ack: string[] = []; ; ) {
    const answer = await call('POST', '/v1/streams/reader/poll', {
      returnImmediately: true,
      maxEvents: 15,
      ack,
    });
    const { sets } = (await answer.json()) as { sets: Record<string, string> };
    ack = Object.keys(sets);
    if (ack.length === 0) break;
    for (const id of ack) seen.add(id);
  }
  expect(seen).toEqual(new Set(receiver.ids()));
}, 30_000);
