import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drainLane } from '../../src/delivery/drain-lane.ts';
import { lanesOf } from '../../src/delivery/lane-of.ts';
import { connectPartner } from '../../src/delivery/send-sets.ts';
import { isSealed } from '../../src/envelope/seal-set.ts';
import { generateDecryptionKey, generateKey } from '../../src/keys/generate-key.ts';
import { LiveKeyRing } from '../../src/keys/live-key-ring.ts';
import { loadEncryptionKeys } from '../../src/keys/partner-encryption-keys.ts';
import { pinPartnerKeys } from '../../src/keys/pin-partner-keys.ts';
import { followMessage } from '../../src/submission/follow-message.ts';
import { drainParts } from '../support/drain-parts.ts';
import { type ExchangeServer, startExchange } from '../support/exchange-server.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let pair: Pair;
let folder: TemporaryFolder;
let ring: LiveKeyRing;
let us: ExchangeServer;
const bodies: string[] = [];

beforeAll(async () => {
  pair = await createPair();
  folder = await createTemporaryFolder();
  const party = 'US';
  await generateKey({ party, alg: 'ES256', directory: folder.path, now: new Date() });
  await generateDecryptionKey({ party, directory: folder.path, now: new Date(Date.now() - 60_000) });
  ring = await LiveKeyRing.open({ private: folder.path });
  us = await startExchange(pair.us, { decryption: () => ring.decryption });
  pair.cn.link.encryption = 'required';
  pair.us.link.encryption = 'required';
});
afterAll(async () => {
  await us[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** The partner hands its key set over, and it is pinned. */
async function handOver(): Promise<void> {
  const [source, target] = [join(folder.path, 'handed-over.json'), join(folder.path, 'pinned.json')];
  writeFileSync(source, JSON.stringify(ring.published));
  const { keys } = ring.published;
  const enc = keys.filter(({ use }) => use === 'enc');
  expect(enc.length).toBeGreaterThan(0);
  const thumbprints = await Promise.all(keys.map((key) => calculateJwkThumbprint(key)));
  await pinPartnerKeys({ source, thumbprints, target });
  pair.cn.link.encryptionKeys = await loadEncryptionKeys(target);
}

async function deliver(delivery: 'push' | 'multi-push', id: string): Promise<string> {
  const [outcome] = await pair.cn.submit({ type: 'enterprise-status', data: recordOf(id) });
  if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
  const link = { ...pair.cn.link, delivery, exchangeUrl: us.url };
  await using connection = connectPartner(link, undefined);
  const watched = {
    ...connection,
    post(path: string, type: string, body: string) {
      bodies.push(body);
      return connection.post(path, type, body);
    },
  };
  for (const lane of lanesOf(link.lanes))
    await drainLane(drainParts(pair.cn, link, watched), { link: link.id, lane });
  return outcome.accepted.id;
}

const stateOf = async (id: string) => (await followMessage(pair.cn.db.database, id))?.state;

it('nothing is sent while the partner has handed over no key', async () => {
  const id = await deliver('push', 'CN4403960A1A');
  expect(await stateOf(id)).toBe('sent');
  expect(bodies).toEqual([]);
  await pair.cn.db.sql('update lane set next_attempt_at = null, attempts = 0');
});

it.each(['multi-push', 'push'] as const)(
  'a SET is sealed on the wire and on record as signed, by %s',
  async (delivery) => {
    await handOver();
    bodies.length = 0;
    const id = await deliver(delivery, delivery === 'push' ? 'CN4403960A1B' : 'CN4403960A1C');
    expect(await stateOf(id)).toBe('delivered');
    const sealed = bodies.flatMap((body) =>
      body.startsWith('{') ? (Object.values(JSON.parse(body).sets) as string[]) : [body],
    );
    expect(sealed.length).toBeGreaterThan(0);
    for (const set of sealed) expect(isSealed(set)).toBe(true);
    const held = await pair.us.db.sql<{ jws: string }>('select jws from message where id = $1', [id]);
    const sent = await pair.cn.db.sql<{ jws: string }>('select jws from message where id = $1', [id]);
    expect(held).toEqual(sent);
  },
);

it('a SET that is not sealed is not taken on a link that demands it, and stays with the sender', async () => {
  pair.cn.link.encryption = 'none';
  const id = await deliver('push', 'CN4403960A1D');
  pair.cn.link.encryption = 'required';
  expect(await stateOf(id)).toBe('sent');
  const held = await pair.us.db.sql('select 1 from message where id = $1', [id]);
  expect(held).toEqual([]);
  await pair.cn.db.sql('update lane set next_attempt_at = null, attempts = 0');
  await deliver('push', 'CN4403960A1E');
  expect(await stateOf(id)).toBe('delivered');
});

it('a new key is used at once where it was handed over, and the old one still opens what is under way', async () => {
  const { kid } = await generateDecryptionKey({
    party: 'US',
    directory: folder.path,
    now: new Date(Date.now() - 1_000),
  });
  const before = pair.cn.link.encryptionKeys;
  await ring.reload();
  const old = await deliver('push', 'CN4403960A2A');
  await handOver();
  const next = await deliver('push', 'CN4403960A2B');
  expect(pair.cn.link.encryptionKeys.length).toBe(before.length + 1);
  expect([await stateOf(old), await stateOf(next)]).toEqual(['delivered', 'delivered']);
  const [header] = (bodies.at(-1) ?? '').split('.');
  expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString()).kid).toBe(kid);
});
