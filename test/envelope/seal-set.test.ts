import { CompactEncrypt, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  currentEncryptionKey,
  type EncryptionKey,
  isSealed,
  openSet,
  sealSet,
} from '../../src/envelope/seal-set.ts';
import { SetError } from '../../src/envelope/set-error.ts';

const make = async (kid: string) => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES+A256KW', { extractable: true });
  return { encryption: { kid, key: publicKey, thumbprint: kid } satisfies EncryptionKey, privateKey };
};
const ours = await make('ours');
const other = await make('other');
const keys = new Map([['ours', ours.privateKey]]);
const JWS = 'e30.e30.c2ln';

async function faultOf(jwe: string): Promise<string> {
  try {
    return await openSet(jwe, keys);
  } catch (error) {
    if (error instanceof SetError) return error.code;
    throw error;
  }
}

describe('a sealed SET', () => {
  it('opens to the very bytes that were signed, and is another each time', async () => {
    const [one, two] = await Promise.all([sealSet(JWS, ours.encryption), sealSet(JWS, ours.encryption)]);
    expect(one).not.toBe(two);
    expect(await openSet(one, keys)).toBe(JWS);
    expect([isSealed(one), isSealed(JWS), isSealed(`${one}.x`)]).toEqual([true, false, false]);
  });
  it('does not open with another key, nor altered in any segment', async () => {
    expect(await faultOf(await sealSet(JWS, other.encryption))).toBe('invalid_key');
    expect(await faultOf(await sealSet(JWS, { ...other.encryption, kid: 'ours' }))).toBe('invalid_set');
    const segments = (await sealSet(JWS, ours.encryption)).split('.');
    for (const at of segments.keys()) {
      const altered = segments.map((s, i) => (i === at ? `${s[0] === 'A' ? 'B' : 'A'}${s.slice(1)}` : s));
      expect(await faultOf(altered.join('.'))).toMatch(/^invalid_(set|key)$/);
    }
  });
  it.each([
    ['ECDH-ES', 'A256GCM'],
    ['ECDH-ES+A128KW', 'A256GCM'],
    ['ECDH-ES+A256KW', 'A128CBC-HS256'],
  ])('is not taken as %s with %s', async (alg, enc) => {
    const jwe = await new CompactEncrypt(Buffer.from(JWS))
      .setProtectedHeader({ alg, enc, kid: 'ours' })
      .encrypt(ours.encryption.key);
    expect(await faultOf(jwe)).toBe('invalid_set');
  });
});

it('the key to encrypt to is the one that became valid last', () => {
  const key = (kid: string, from: number, until?: number): EncryptionKey => ({
    ...ours.encryption,
    kid,
    notBefore: new Date(from),
    ...(until === undefined ? {} : { notAfter: new Date(until) }),
  });
  const all = [key('old', 0), key('new', 100), key('future', 900), key('over', 200, 300)];
  expect(currentEncryptionKey(all, new Date(500))?.kid).toBe('new');
  expect(currentEncryptionKey([], new Date(500))).toBeUndefined();
});
