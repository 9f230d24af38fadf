import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { DynamicLibrary } from 'node:ffi';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { compactVerify, importJWK, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Algorithm } from '../../src/envelope/algorithms.ts';
import { signSet } from '../../src/envelope/sign-set.ts';
import { loadKeyRing } from '../../src/keys/key-ring.ts';
import { content } from '../envelope/forge-set.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const LIBRARIES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/local/lib/softhsm/libsofthsm2.so'];
const library = LIBRARIES.find((path) => existsSync(path));
const missing =
  library && spawnSync('softhsm2-util', ['--version']).status === 0 ? undefined : 'SoftHSM is not installed';
if (missing && env.CI === 'true') throw new Error(`keys in a device must be tested in CI: ${missing}`);

const PIN = '271828';

describe.skipIf(missing)('a key in a PKCS#11 token', () => {
  let folder: TemporaryFolder;
  const util = (...words: string[]) => execFileSync('softhsm2-util', words, { stdio: 'pipe' });

  beforeAll(async () => {
    folder = await createTemporaryFolder();
    const [tokens, config] = [join(folder.path, 'tokens'), join(folder.path, 'softhsm2.conf')];
    mkdirSync(tokens);
    writeFileSync(config, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
    vi.stubEnv('SOFTHSM2_CONF', config);
    vi.stubEnv('MRA_PKCS11_PIN', PIN);
    util('--init-token', '--free', '--label', 'other', '--so-pin', '1234', '--pin', '9999');
    util('--init-token', '--free', '--label', 'mra', '--so-pin', '1234', '--pin', PIN);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await folder[Symbol.asyncDispose]();
  });

  let serial = 0;
  /** Puts a private key into the token. @returns its public part and the folder of its file */
  function install(alg: Algorithm, kid: string, options: object = {}, pair = generate(alg)) {
    const directory = join(folder.path, `keys-${++serial}`);
    mkdirSync(directory, { mode: 0o700 });
    const pem = join(directory, 'import.pem');
    writeFileSync(pem, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    util(
      '--import',
      pem,
      '--token',
      'mra',
      '--label',
      kid,
      '--id',
      String(serial).padStart(2, '0'),
      '--pin',
      PIN,
    );
    const jwk: JWK = { ...pair.publicKey.export({ format: 'jwk' }), kid, alg };
    const device = { library, token: 'mra', label: kid, ...options };
    const file = { jwk, notBefore: '2026-11-01T00:00:00.000Z', module: 'pkcs11', options: device };
    writeFileSync(join(directory, `${kid}.signer.json`), JSON.stringify(file), { mode: 0o600 });
    return { directory, jwk };
  }

  it.each(['ES256', 'ES384', 'PS256'] as const)(
    'signs %s as its public key verifies, many at once',
    async (alg) => {
      const kid = `cn-hsm-${alg.toLowerCase()}`;
      const { directory, jwk } = install(alg, kid);
      const signer = (await loadKeyRing(directory)).signer(kid);
      if (!signer) throw new Error('no signer');
      const key = await importJWK(jwk, alg);
      const signed = await Promise.all(Array.from({ length: 20 }, () => signSet(content, signer)));
      for (const { jws } of signed) await compactVerify(jws, key);
      expect(signed).toHaveLength(20);
    },
  );

  it('signs on after the device has dropped its sessions', async () => {
    const { directory } = install('ES256', 'cn-dropped');
    const signer = (await loadKeyRing(directory)).signer('cn-dropped');
    if (!signer) throw new Error('no signer');
    await signSet(content, signer);
    expect(closeSessions(library ?? '')).toBeGreaterThan(1);
    expect((await signSet(content, signer)).jws.split('.')).toHaveLength(3);
  });

  it('is found out at the start: no such token, no such key, no PIN, another key under its label', async () => {
    const wrong = async (kid: string, options: object) => {
      const { directory } = install('ES256', kid, options);
      return loadKeyRing(directory).then(
        () => 'loaded',
        (error: Error) => error.message,
      );
    };
    expect(await wrong('cn-a', { token: 'nobody' })).toMatch(
      /no token has the label nobody; there are:.*mra/,
    );
    expect(await wrong('cn-b', { label: 'nobody' })).toMatch(/has no private key with the label nobody/);
    expect(await wrong('cn-c', { label: 'cn-b' })).toMatch(/what its module signs does not verify/);
    expect(await wrong('cn-d', { library: 'libsofthsm2.so' })).toMatch(/must be an absolute path/);
    vi.stubEnv('MRA_PKCS11_PIN', '');
    expect(await wrong('cn-e', {})).toMatch(/no PIN: set MRA_PKCS11_PIN/);
    const pinFile = join(folder.path, 'pin');
    writeFileSync(pinFile, `${PIN}\n`, { mode: 0o644 });
    expect(await wrong('cn-f', { pinFile })).toMatch(/chmod/);
    writeFileSync(pinFile, `${PIN}\n`);
    chmodSync(pinFile, 0o600);
    expect(await wrong('cn-g', { pinFile })).toBe('loaded');
    vi.stubEnv('MRA_PKCS11_PIN', PIN);
  });
});

/** As a device does that restarts: the library is the same one in all threads of this process. @returns its tokens */
function closeSessions(path: string): number {
  const device = new DynamicLibrary(path);
  const slots = Buffer.alloc(64 * 8);
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(64n);
  device.getFunction('C_GetSlotList', { arguments: ['uint8', 'buffer', 'buffer'], return: 'uint64' })(
    1,
    slots,
    count,
  );
  const close = device.getFunction('C_CloseAllSessions', { arguments: ['uint64'], return: 'uint64' });
  for (let n = 0; n < Number(count.readBigUInt64LE()); n++) close(slots.readBigUInt64LE(n * 8));
  return Number(count.readBigUInt64LE());
}

interface Pair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

function generate(alg: Algorithm): Pair {
  if (alg === 'PS256') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: alg === 'ES384' ? 'P-384' : 'P-256' });
}
