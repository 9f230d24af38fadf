import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compactVerify, exportJWK, generateKeyPair, importJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/config/secrets.ts';
import { signSet } from '../../src/envelope/sign-set.ts';
import { loadDecryptionKeys } from '../../src/keys/decryption-keys.ts';
import { generateDecryptionKey, generateKey } from '../../src/keys/generate-key.ts';
import { loadKeyRing } from '../../src/keys/key-ring.ts';
import { KeysError } from '../../src/keys/keys-error.ts';
import { content } from '../envelope/forge-set.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await createTemporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const passphrase = new Secret('correct horse battery staple');
const faultOf = (loading: Promise<unknown>): Promise<string> =>
  loading.then(
    () => 'loaded',
    (error: unknown) => {
      if (error instanceof KeysError) return error.message;
      throw error;
    },
  );

describe('a key with a passphrase', () => {
  const make = () =>
    generateKey({ party: 'CN', alg: 'ES256', directory: folder.path, now: new Date(), passphrase });

  it('is in its file without one readable member, and signs when it is opened', async () => {
    const { file, kid, thumbprint } = await make();
    const written = JSON.parse(readFileSync(file, 'utf8'));
    expect(Object.keys(written)).toEqual(['jwe', 'notBefore']);
    const signer = (await loadKeyRing(folder.path, passphrase)).signer(kid);
    expect(signer?.thumbprint).toBe(thumbprint);
    if (!signer) throw new Error('no signer');
    expect((await signSet(content, signer)).jws.split('.')).toHaveLength(3);
  });
  it('is not opened by another, nor without; the message names neither', async () => {
    await make();
    const wrong = await faultOf(loadKeyRing(folder.path, new Secret('something else here')));
    expect(wrong).toMatch(/is not opened by the passphrase/);
    expect(wrong).not.toMatch(/something else|correct horse/);
    expect(await faultOf(loadKeyRing(folder.path))).toMatch(/MRA_KEYS_PASSPHRASE/);
  });
  it('may be one for decryption', async () => {
    const { kid } = await generateDecryptionKey({
      party: 'CN',
      directory: folder.path,
      now: new Date(),
      passphrase,
    });
    expect((await loadDecryptionKeys(folder.path, passphrase)).map((key) => key.kid)).toEqual([kid]);
    expect(await faultOf(loadDecryptionKeys(folder.path))).toMatch(/MRA_KEYS_PASSPHRASE/);
  });
});

describe('a key that is elsewhere', () => {
  /** Stands for the module of a device: the private key is in a place of its own. */
  const module = (device: string) => `
    import { readFileSync } from 'node:fs';
    import { createPrivateKey, sign } from 'node:crypto';
    export async function openKey(jwk, { slot }) {
      if (slot !== 7) throw new Error('no such slot');
      const key = createPrivateKey({ key: JSON.parse(readFileSync(${JSON.stringify(device)}, 'utf8')), format: 'jwk' });
      return { sign: async (input) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }) };
    }`;

  async function install(options: object = { slot: 7 }, other = false): Promise<object> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const pair = other ? (await generateKeyPair('ES256', { extractable: true })).privateKey : privateKey;
    const device = join(folder.path, 'device');
    writeFileSync(device, JSON.stringify(await exportJWK(pair)));
    writeFileSync(join(folder.path, 'device.mjs'), module(device), { mode: 0o600 });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'cn-hsm', alg: 'ES256' };
    const file = { jwk, notBefore: '2026-11-01T00:00:00.000Z', module: './device.mjs', options };
    writeFileSync(join(folder.path, 'cn-hsm.signer.json'), JSON.stringify(file), { mode: 0o600 });
    return jwk;
  }

  it('signs what its public key verifies, and is in the ring like any other', async () => {
    const jwk = await install();
    const ring = await loadKeyRing(folder.path);
    const signer = ring.signer('cn-hsm');
    if (!signer) throw new Error('no signer');
    const { jws } = await signSet(content, signer);
    const { protectedHeader } = await compactVerify(jws, await importJWK(jwk, 'ES256'));
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'cn-hsm', typ: 'secevent+jwt' });
    expect(ring.keys[0]?.publicJwk).toMatchObject({ kid: 'cn-hsm', kty: 'EC' });
  });
  it('is found out at the start when the device has another key or no such slot', async () => {
    await install({ slot: 8 });
    expect(await faultOf(loadKeyRing(folder.path))).toMatch(/does not open the key: no such slot/);
    await createTemporaryFolder().then(async (fresh) => {
      await folder[Symbol.asyncDispose]();
      folder = fresh;
    });
    await install({ slot: 7 }, true);
    expect(await faultOf(loadKeyRing(folder.path))).toMatch(/what its module signs does not verify/);
  });
  it('has a module that nobody else may write', async () => {
    await install();
    chmodSync(join(folder.path, 'device.mjs'), 0o622);
    expect(await faultOf(loadKeyRing(folder.path))).toMatch(/chmod go-w/);
  });
});

it.each(['ES256', 'Ed25519', 'ES384', 'PS256', 'ML-DSA-65'] as const)(
  'a key of %s signs what its public part verifies',
  async (alg) => {
    const { kid } = await generateKey({ party: 'CN', alg, directory: folder.path, now: new Date() });
    const ring = await loadKeyRing(folder.path);
    const signer = ring.signer(kid);
    if (!signer) throw new Error('no signer');
    const { jws } = await signSet(content, signer);
    const [own] = ring.keys;
    expect(Object.keys(own?.publicJwk ?? {})).not.toContain('priv');
    await compactVerify(jws, await importJWK(own?.publicJwk ?? {}, alg));
  },
);
