import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeysError } from '../../src/keys/keys-error.ts';
import { loadPartnerKeys } from '../../src/keys/partner-keys.ts';
import { pinPartnerKeys } from '../../src/keys/pin-partner-keys.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await createTemporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function publicJwk(alg: string, members: object = {}, options: object = {}): Promise<JWK> {
  const { publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
  return { ...(await exportJWK(publicKey)), kid: 'us-2026-11', alg, ...members };
}

function write(name: string, content: unknown): string {
  const file = join(folder.path, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function faultsOf(work: Promise<unknown>) {
  const error = await work.catch((caught: unknown) => caught);
  if (error instanceof KeysError) return error.faults;
  throw new Error('no KeysError', { cause: error });
}

const codesOf = async (content: unknown) =>
  (await faultsOf(loadPartnerKeys(write('partner.jwks.json', content)))).map(({ code }) => code);

describe('the pinned keys of a partner', () => {
  it('are found by kid, each for the one algorithm of its kind', async () => {
    const algorithms = ['ES256', 'ES384', 'Ed25519', 'PS256'];
    const keys = await Promise.all(algorithms.map((alg) => publicJwk(alg, { kid: alg })));
    const loaded = await loadPartnerKeys(write('partner.jwks.json', { keys }));
    expect([...loaded.values()].map(({ kid, alg }) => [kid, alg])).toEqual(
      algorithms.map((alg) => [alg, alg]),
    );
    expect(loaded.get('__proto__')).toBeUndefined();
  });

  it('have the thumbprint of RFC 7638 and the validity that nbf and exp give them', async () => {
    // RFC 8037, A.2 and A.3.
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    const jwk = { kty: 'OKP', crv: 'Ed25519', x, kid: 'us-2026-11', nbf: 1795449600, exp: 1803225600 };
    const keys = await loadPartnerKeys(write('partner.jwks.json', { keys: [jwk] }));
    expect(keys.get('us-2026-11')).toMatchObject({
      alg: 'Ed25519',
      thumbprint: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
      notBefore: new Date(1795449600_000),
      notAfter: new Date(1803225600_000),
    });
  });

  it('take EdDSA for the older name of Ed25519, and leave keys for encryption aside', async () => {
    const edwards = { ...(await publicJwk('Ed25519')), alg: 'EdDSA' };
    const encryption = { ...(await publicJwk('ES256', { kid: 'enc' })), alg: 'ECDH-ES+A256KW', use: 'enc' };
    const keys = await loadPartnerKeys(write('partner.jwks.json', { keys: [edwards, encryption] }));
    expect([...keys.keys()]).toEqual(['us-2026-11']);
  });

  it('hold no private key', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'x' };
    expect(await codesOf({ keys: [jwk] })).toEqual(['private-member']);
    expect(await codesOf({ keys: [{ ...jwk, use: 'enc' }] })).toEqual(['private-member']);
    expect(await codesOf({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'x' }] })).toEqual(['private-member']);
  });

  it('have kids of their own', async () => {
    expect(await codesOf({ keys: [await publicJwk('ES256'), await publicJwk('ES256')] })).toEqual([
      'duplicate-kid',
    ]);
    expect(await codesOf({ keys: [await publicJwk('ES256', { kid: undefined })] })).toEqual(['malformed']);
    expect(await codesOf({ keys: [await publicJwk('ES256', { kid: 'k'.repeat(129) })] })).toEqual([
      'malformed',
    ]);
  });

  it('are strong, of a kind that links can allow, and whole', async () => {
    const good = await publicJwk('ES256');
    const weak = {
      kty: 'RSA',
      n: Buffer.alloc(128, 0xff).toString('base64url'),
      e: 'AQAB',
      kid: 'x',
      alg: 'PS256',
    };
    const wrong: unknown[] = [
      weak,
      { ...(await publicJwk('PS256')), alg: undefined },
      { ...(await publicJwk('PS256')), alg: 'RS256' },
      await publicJwk('ES512'),
      { ...good, alg: 'ES384' },
      { ...good, y: good.x },
      { ...good, y: undefined },
      { ...good, key_ops: ['sign'] },
      { kty: 'OKP', crv: 'X25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'x' },
      { kty: 'AKP', kid: 'x' },
    ];
    for (const jwk of wrong)
      expect([jwk, await codesOf({ keys: [jwk] })]).toEqual([jwk, ['unsupported-key']]);
  });

  it('stand in a file that is a JWKS', async () => {
    const key = await publicJwk('ES256');
    expect(await codesOf('')).toEqual(['malformed']);
    expect(await codesOf(key)).toEqual(['malformed']);
    expect(await codesOf({ keys: {} })).toEqual(['malformed']);
    expect(await codesOf({ keys: ['x'] })).toEqual(['malformed']);
    expect(await codesOf({ keys: [] })).toEqual(['no-key']);
    expect(await codesOf(`{"keys":[],"keys":[${JSON.stringify(key)}]}`)).toEqual(['malformed']);
    expect(await codesOf({ keys: [{ ...key, nbf: '2026-11-23' }] })).toEqual(['malformed']);
    expect(await codesOf({ keys: [{ ...key, exp: null }] })).toEqual(['malformed']);
    expect(await codesOf(' '.repeat(256 * 1024 + 1))).toEqual(['malformed']);
  });

  it('that are wrong are all named at once', async () => {
    const key = await publicJwk('ES256');
    expect(await codesOf({ keys: [{ ...key, d: 'AAAA' }, key, 'x', key] })).toEqual([
      'private-member',
      'malformed',
      'duplicate-kid',
    ]);
  });
});

describe('keys are pinned', () => {
  async function offered(name: string, ...keys: JWK[]): Promise<{ source: string; thumbprints: string[] }> {
    return {
      source: write(name, { keys }),
      thumbprints: await Promise.all(keys.map((key) => calculateJwkThumbprint(key))),
    };
  }

  const target = () => join(folder.path, 'partners', 'us-cbp.jwks.json');

  it('once the partner has read out their thumbprints', async () => {
    const offer = await offered('us.json', await publicJwk('ES256'));
    const pinned = await pinPartnerKeys({ ...offer, target: target() });
    expect(pinned.map(({ kid }) => kid)).toEqual(['us-2026-11']);
    expect([...(await loadPartnerKeys(target())).keys()]).toEqual(['us-2026-11']);
    expect(await pinPartnerKeys({ ...offer, target: target() })).toEqual([]);
  });

  it('and not when one of them is another', async () => {
    const { source, thumbprints } = await offered(
      'us.json',
      await publicJwk('ES256'),
      await publicJwk('ES256', { kid: 'b' }),
    );
    const [first = '', second = ''] = thumbprints;
    const pin = (...given: string[]) =>
      faultsOf(pinPartnerKeys({ source, thumbprints: given, target: target() }));
    const mismatch = [{ code: 'thumbprint-mismatch', file: source }];
    expect(await pin()).toMatchObject(mismatch);
    expect(await pin(first)).toMatchObject(mismatch);
    expect(await pin(first, second.slice(0, -1))).toMatchObject(mismatch);
    expect(await pin(first, second, 'A'.repeat(43))).toMatchObject(mismatch);
    expect(existsSync(target())).toBe(false);
  });

  it('beside those that were pinned before', async () => {
    const [older, newer] = [
      await publicJwk('ES256', { kid: 'old' }),
      await publicJwk('ES256', { kid: 'new' }),
    ];
    await pinPartnerKeys({ ...(await offered('1.json', older)), target: target() });
    await pinPartnerKeys({ ...(await offered('2.json', newer)), target: target() });
    expect([...(await loadPartnerKeys(target())).keys()]).toEqual(['old', 'new']);
  });

  it('with the validity last given to them', async () => {
    const key = await publicJwk('ES256');
    await pinPartnerKeys({ ...(await offered('1.json', key)), target: target() });
    await pinPartnerKeys({
      ...(await offered('2.json', { ...key, exp: 1803225600 } as JWK)),
      target: target(),
    });
    expect((await loadPartnerKeys(target())).get('us-2026-11')?.notAfter).toEqual(new Date(1803225600_000));
  });

  it('never under the kid of another', async () => {
    await pinPartnerKeys({ ...(await offered('1.json', await publicJwk('ES256'))), target: target() });
    const before = readFileSync(target(), 'utf8');
    const imposter = await offered('2.json', await publicJwk('ES256'));
    expect(await faultsOf(pinPartnerKeys({ ...imposter, target: target() }))).toMatchObject([
      { code: 'kid-taken' },
    ]);
    expect(readFileSync(target(), 'utf8')).toBe(before);
  });
});
