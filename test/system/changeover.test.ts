import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { grantAccess } from '../../src/access/grant-access.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { loadConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/config/secrets.ts';
import type { Party } from '../../src/contract/party.ts';
import { prepareChange } from '../../src/demo/change-certificate.ts';
import { GatewayClient } from '../../src/demo/gateway-client.ts';
import { type PreparedSide, prepareSides } from '../../src/demo/prepare-sides.ts';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { announceKey } from '../../src/keys/announce-key.ts';
import { generateKey } from '../../src/keys/generate-key.ts';
import { LiveKeyRing } from '../../src/keys/live-key-ring.ts';
import { openLinks } from '../../src/links/open-links.ts';
import { type KeptLog, keepLog } from '../support/http.ts';
import { recordOf } from '../support/messages.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

/** Ports that no other pair of the tests uses. */
const PORT_OFFSET = 2_000;
const BATCH = 10;

interface Running {
  prepared: PreparedSide;
  db: TestDatabase;
  gateway: Gateway;
  kept: KeptLog;
}

let folder: TemporaryFolder;
const sides = {} as Record<Party, Running>;

beforeAll(async () => {
  folder = await createTemporaryFolder();
  const prepared = await prepareSides(folder.path, PORT_OFFSET);
  const us = JSON.parse(readFileSync(prepared.US.config, 'utf8'));
  us.links[0].rotation = 'automatic';
  writeFileSync(prepared.US.config, JSON.stringify(us));
  for (const party of ['CN', 'US'] as const) {
    const db = await createTestDatabase();
    const kept = keepLog();
    const config = await loadConfig({ file: prepared[party].config });
    const withDatabase = { ...config, database: { url: new Secret(db.connectionString) } };
    sides[party] = {
      prepared: prepared[party],
      db,
      kept,
      gateway: await startGateway(withDatabase, kept.log),
    };
  }
}, 60_000);

afterAll(async () => {
  for (const { gateway, db } of Object.values(sides)) {
    await gateway[Symbol.asyncDispose]();
    await db.close();
  }
  await folder[Symbol.asyncDispose]();
}, 60_000);

async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}`);
    await delay(50);
  }
}

const count = async (party: Party, sql: string): Promise<number> =>
  Number((await sides[party].db.sql<{ n: string }>(`select count(*) n from ${sql}`))[0]?.n);

/** How often a side has read its keys and certificates again. */
const reloads = (party: Party): number =>
  sides[party].kept.lines().filter(({ msg }) => msg === 'keys and certificates read again').length;

async function reloaded(party: Party, act: () => Promise<void>): Promise<void> {
  const before = reloads(party);
  await act();
  await until(`${party} reads again`, () => reloads(party) > before);
}

it('a new certificate and a new key come into use under load, without one request that fails', async () => {
  const { CN, US } = sides;
  const grant = { name: 'load', role: 'backend' } as const;
  const { token } = await grantAccess(CN.db.database, appendEntries, grant, 'test', new Date());
  await using client = new GatewayClient(CN.gateway.internal);
  let going = true;
  let submitted = 0;
  const load = (async () => {
    while (going) {
      const messages = Array.from({ length: BATCH }, () => ({
        type: 'enterprise-status',
        data: recordOf(`CN4403${String(submitted++).padStart(6, '0')}`),
      }));
      const { accepted } = await client.post<{ accepted: number }>('/v1/messages/batch', token, { messages });
      expect(accepted).toBe(BATCH);
      await delay(20);
    }
  })();

  const pinned = join(US.prepared.folder, 'tls/partners/cn-gacc.ca.pem');
  const change = await prepareChange(CN.prepared, 'https://mra.customs.example', pinned);
  await reloaded('US', change.announce);
  await reloaded('CN', change.change);
  await reloaded('US', change.finish);

  const { kid } = await generateKey({
    party: 'CN',
    alg: 'ES256',
    directory: join(CN.prepared.folder, 'keys/private'),
    now: new Date(),
    notAfter: new Date(Date.now() + 86_400_000),
  });
  const config = await loadConfig({ file: CN.prepared.config });
  const [keyRing, links] = [await LiveKeyRing.open(config.keys), await openLinks(config.links)];
  const key = keyRing.keys.find((own) => own.kid === kid);
  if (!key) throw new Error('the key is not there');
  const parts = { issuer: config.issuer, keyRing };
  await CN.db.database.transaction((tx) =>
    announceKey(tx, parts, [...links.values()], key, 'test', new Date()),
  );
  await until(
    'the new key signs',
    async () => (await count('CN', `message where kid = '${kid}'`)) > 3 * BATCH,
  );

  going = false;
  await load;
  await until('everything is receipted', async () => (await count('CN', 'receipt')) >= submitted);
  for (const party of ['CN', 'US'] as const) {
    expect(await count(party, `attempt where result <> 'answered'`)).toBe(0);
    expect(await count(party, 'attempt')).toBeGreaterThan(0);
  }
  expect(
    await count('US', `message where kid = '${kid}' and outcome = 'accepted' and type = 'enterprise-status'`),
  ).toBeGreaterThan(0);
}, 60_000);

it('no private key is in a log, a store or an answer of the gateways', async () => {
  const secrets = [CN(), US()].flatMap(({ prepared }) => {
    const { jwk } = JSON.parse(
      readFileSync(
        join(
          prepared.folder,
          `keys/private/${prepared.party.toLowerCase()}-${new Date().toISOString().slice(0, 7)}.jwk.json`,
        ),
        'utf8',
      ),
    );
    const pem = readFileSync(prepared.tls.key, 'utf8').split('\n')[1] ?? '';
    return [String(jwk.d), pem];
  });
  expect(secrets.every((secret) => secret.length > 30)).toBe(true);
  const said = [CN(), US()].map(({ kept }) => kept.text()).join('');
  expect(said.length).toBeGreaterThan(1_000);
  for (const secret of secrets) expect(said.includes(secret)).toBe(false);
  expect(said).not.toMatch(/PRIVATE KEY|"d":"/);
});

const CN = () => sides.CN;
const US = () => sides.US;
