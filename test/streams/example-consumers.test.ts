import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pollStream } from '../../examples/consumers/poll-stream.ts';
import { webhookReceiver } from '../../examples/consumers/receive-webhook.ts';
import { type PartnerMessage, setVerifier } from '../../examples/consumers/verify-set.ts';
import { Secret } from '../../src/config/secrets.ts';
import { openTarget } from '../../src/webhooks/call-webhook.ts';
import { signAs } from '../support/sign.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { type Consumer, openConsumer } from './open-consumer.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let consumer: Consumer;
let folder: TemporaryFolder;
let verify: (jws: string) => Promise<PartnerMessage>;
beforeAll(async () => {
  consumer = await openConsumer();
  folder = await createTemporaryFolder();
  const jwks = join(folder.path, 'partner.jwks.json');
  writeFileSync(jwks, JSON.stringify({ keys: consumer.pair.cn.keyRing.keys.map((key) => key.publicJwk) }));
  const { issuer, link } = consumer.pair.us;
  verify = setVerifier({ jwks, issuer: link.issuer, audience: issuer, algorithms: ['ES256'] });
});
afterAll(async () => {
  await consumer[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

it('the example that polls keeps what the partner signed, acknowledges it, and reports what does not verify', async () => {
  const [good, forged] = await consumer.receive(2);
  const { db } = consumer.pair.us;
  const { jws } = await signAs(
    { ...consumer.pair.cn, issuer: 'https://else.example' },
    { type: 'verification', data: {} },
  );
  await db.sql('update message set jws = $2 where id = $1', [forged, jws]);
  const kept: PartnerMessage[] = [];
  const stop = new AbortController();
  const running = pollStream({
    api: consumer.api.gateway.url,
    token: consumer.token,
    stream: 'example',
    verify,
    keep: async (message) => void kept.push(message),
    stop: stop.signal,
  });
  await expect
    .poll(async () => db.sql('select id, err from stream_error'))
    .toEqual([{ id: forged, err: 'authentication_failed' }]);
  expect(kept).toMatchObject([{ id: good, version: 1, data: { programme: 'CN-AEO' } }]);
  expect(await db.sql(`select 1 from stream_unacked where stream = 'example'`)).toEqual([]);
  stop.abort();
  await running;
});

it('the example that is called takes what is signed with its secret, now, and nothing else', async () => {
  const [id = ''] = await consumer.receive(1);
  const [row] = await consumer.pair.us.db.sql<{ jws: string }>('select jws from message where id = $1', [id]);
  const kept: PartnerMessage[] = [];
  const server = webhookReceiver({ secrets: [SECRET], verify, keep: async (m) => void kept.push(m) });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const call = async (secret: string, at = new Date()) => {
    await using target = openTarget({ url, secrets: [new Secret(secret)] });
    return await target.call(
      id,
      JSON.stringify({ data: { set: row?.jws } }),
      at,
      new AbortController().signal,
    );
  };
  expect(await call(SECRET)).toEqual({ ok: true });
  expect(await call(`whsec_${Buffer.alloc(32, 8).toString('base64')}`)).toMatchObject({
    error: 'answered 401',
  });
  expect(await call(SECRET, new Date(Date.now() - 3_600_000))).toMatchObject({ error: 'answered 401' });
  expect(kept.map((message) => message.id)).toEqual([id]);
  server.closeAllConnections();
  server.close();
});
