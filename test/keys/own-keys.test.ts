import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALGORITHMS, type Algorithm } from '../../src/envelope/algorithms.ts';
import { signSet } from '../../src/envelope/sign-set.ts';
import { verifySet } from '../../src/envelope/verify-set.ts';
import { generateKey } from '../../src/keys/generate-key.ts';
import { loadKeyRing } from '../../src/keys/key-ring.ts';
import { KeysError } from '../../src/keys/keys-error.ts';
import { loadPartnerKeys } from '../../src/keys/partner-keys.ts';
import { publicJwks } from '../../src/keys/public-jwks.ts';
import { content, now, policyOf } from '../envelope/forge-set.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
let directory: string;

beforeEach(async () => {
  folder = await createTemporaryFolder();
  directory = join(folder.path, 'private');
});
afterEach(() => folder[Symbol.asyncDispose]());

const generate = (members: { alg?: Algorithm; kid?: string; now?: Date } = {}) =>
  generateKey({ party: 'CN', alg: 'ES256', directory, now, ...members });

async function faultsOf(work: Promise<unknown>) {
  const error = await work.catch((caught: unknown) => caught);
  if (error instanceof KeysError) return error.faults;
  throw new Error('no KeysError', { cause: error });
}

describe('a key that is generated', () => {
  it('lies in a file of mode 0600 in a folder of mode 0700', async () => {
    const { file } = await generate();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('is called after the party and the month, and numbered where that is taken', async () => {
    const made = [await generate(), await generate(), await generate()];
    expect(made.map(({ kid }) => kid)).toEqual(['cn-2026-11', 'cn-2026-11-2', 'cn-2026-11-3']);
  });

  it('never takes the place of another', async () => {
    const { file } = await generate({ kid: 'cn-first' });
    const before = readFileSync(file, 'utf8');
    expect(await faultsOf(generate({ kid: 'cn-first' }))).toMatchObject([{ code: 'kid-taken', file }]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('has a name that leads out of no folder', async () => {
    for (const kid of ['../cn', 'a/b', 'CN', '', '.', 'a.b', '-a']) {
      expect(await faultsOf(generate({ kid }))).toMatchObject([{ code: 'malformed' }]);
    }
  });

  it.each(ALGORITHMS)('of %s signs what its public part verifies from that second on', async (alg) => {
    await generate({ alg });
    const ring = await loadKeyRing(directory);
    const jwks = join(folder.path, 'cn.jwks.json');
    writeFileSync(jwks, JSON.stringify(publicJwks(ring)));
    const [own] = ring.keys;
    if (!own) throw new Error('no key');
    const iat = Math.floor(now.getTime() / 1000);
    const { jws } = await signSet({ ...content, iat }, own);
    const keys = await loadPartnerKeys(jwks);
    expect(keys.get(own.kid)?.thumbprint).toBe(own.thumbprint);
    const policy = { ...policyOf([], { algorithms: [alg] }), keys };
    expect((await verifySet(jws, policy)).kid).toBe('cn-2026-11');
    const early = await signSet({ ...content, iat: iat - 1 }, own);
    await expect(verifySet(early.jws, policy)).rejects.toThrow('before the key became valid');
  });
});

describe('the ring of our own keys', () => {
  it('is empty where the folder is missing', async () => {
    expect((await loadKeyRing(directory)).keys).toEqual([]);
  });

  it('holds the keys from the oldest to the newest, and finds one by its kid', async () => {
    await generate({ kid: 'later', now: new Date(now.getTime() + 5_000) });
    await generate({ kid: 'earlier' });
    const ring = await loadKeyRing(directory);
    expect(ring.keys.map(({ kid }) => kid)).toEqual(['earlier', 'later']);
    expect(ring.signer('later')?.kid).toBe('later');
    expect(ring.signer('__proto__')).toBeUndefined();
  });

  it('gives no private key away', async () => {
    await generate();
    const ring = await loadKeyRing(directory);
    const { d } = JSON.parse(readFileSync(join(directory, 'cn-2026-11.jwk.json'), 'utf8')).jwk;
    expect(d).toHaveLength(43);
    expect(JSON.stringify([ring, publicJwks(ring)])).not.toContain(d);
    expect(Object.keys(publicJwks(ring).keys[0] ?? {})).toEqual([
      'kty',
      'crv',
      'x',
      'y',
      'kid',
      'alg',
      'use',
      'nbf',
    ]);
  });

  it.each([0o644, 0o640, 0o604, 0o620, 0o601])(
    'refuses a private key of mode %o, and says how to close it',
    async (mode) => {
      const { file } = await generate();
      chmodSync(file, mode);
      const [fault] = await faultsOf(loadKeyRing(directory));
      expect(fault).toMatchObject({ code: 'too-open', file });
      expect(fault?.message).toContain(`chmod 600 ${file}`);
    },
  );

  it('names every file that is wrong at once', async () => {
    const open = await generate({ kid: 'a-open' });
    chmodSync(open.file, 0o644);
    const write = (name: string, text: string) => writeFileSync(join(directory, name), text, { mode: 0o600 });
    write('b-empty.jwk.json', '{}');
    write('c-broken.jwk.json', '{"jwk":{},"jwk":{}}');
    copyFileSync((await generate({ kid: 'd-good' })).file, join(directory, 'e-copy.jwk.json'));
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const open256 = { ...(await exportJWK(publicKey)), kid: 'f-public' };
    write('f-public.jwk.json', JSON.stringify({ jwk: open256, notBefore: now }));
    write(
      'g-secret.jwk.json',
      JSON.stringify({ jwk: { kty: 'oct', k: 'AAAA', kid: 'g-secret' }, notBefore: now }),
    );
    write('h-when.jwk.json', JSON.stringify({ jwk: { ...open256, kid: 'h-when' }, notBefore: 'yesterday' }));
    write('i-note.txt', 'not looked at');
    const faults = await faultsOf(loadKeyRing(directory));
    expect(readdirSync(directory)).toHaveLength(9);
    expect(
      faults.map(({ code, file }) => [file.slice(directory.length + 1, directory.length + 2), code]),
    ).toEqual([
      ['a', 'too-open'],
      ['b', 'malformed'],
      ['c', 'malformed'],
      ['e', 'malformed'],
      ['f', 'unsupported-key'],
      ['g', 'unsupported-key'],
      ['h', 'malformed'],
    ]);
  });
});
