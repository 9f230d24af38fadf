import { calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { EncryptionKey } from '../envelope/seal-set.ts';
import { ENCRYPTION_ALG } from './decryption-keys.ts';
import { keyFault } from './keys-error.ts';
import { readEntries, validity } from './partner-keys.ts';

/** A key of a partner's JWKS that SETs to it are encrypted to. */
export interface PartnerEncryptionKey {
  jwk: JWK & { kid: string };
  encryption: EncryptionKey;
}

/**
 * Reads the keys of `use: enc` of a partner's JWKS file.
 *
 * @throws {KeysError} where one of them is not on P-256, is private, or has no kid
 */
export async function readEncryptionKeys(file: string): Promise<PartnerEncryptionKey[]> {
  const entries = readEntries(file).filter((entry) => isJsonObject(entry) && entry.use === 'enc');
  return Promise.all(entries.map((entry, index) => readOne(file, `encryption key ${index + 1}`, entry)));
}

/** A key that did not come in a file. @throws {KeysError} where it is none to encrypt to */
export function importEncryptionKey(place: string, entry: unknown): Promise<PartnerEncryptionKey> {
  return readOne(place, 'it', entry);
}

export async function loadEncryptionKeys(file: string): Promise<EncryptionKey[]> {
  return (await readEncryptionKeys(file)).map(({ encryption }) => encryption);
}

async function readOne(file: string, place: string, entry: unknown): Promise<PartnerEncryptionKey> {
  const { kid, kty, crv, x, y, nbf, exp, ...rest } = isJsonObject(entry) ? entry : {};
  if ('d' in rest) {
    throw keyFault(
      'private-member',
      file,
      `${place} is a private key. Ask for public keys, and tell the partner`,
    );
  }
  if (typeof kid !== 'string' || kid === '' || kid.length > 128) {
    throw keyFault('malformed', file, `${place} has no kid of 1 to 128 characters`);
  }
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') {
    throw keyFault('unsupported-key', file, `${place} is no key for ${ENCRYPTION_ALG} on P-256`);
  }
  const jwk = { kty, crv, x, y, kid, use: 'enc', alg: ENCRYPTION_ALG };
  const encryption: EncryptionKey = {
    kid,
    key: await importPublic(file, place, jwk),
    thumbprint: await calculateJwkThumbprint(jwk),
    ...validity(file, place, 'notBefore', nbf),
    ...validity(file, place, 'notAfter', exp),
  };
  return { jwk: { ...jwk, ...dates({ nbf, exp }) }, encryption };
}

function dates({ nbf, exp }: { nbf: unknown; exp: unknown }): { nbf?: number; exp?: number } {
  return {
    ...(typeof nbf === 'number' ? { nbf } : {}),
    ...(typeof exp === 'number' ? { exp } : {}),
  };
}

async function importPublic(file: string, place: string, jwk: JWK): Promise<CryptoKey> {
  try {
    const key = await importJWK(jwk, ENCRYPTION_ALG);
    if (key instanceof CryptoKey) return key;
  } catch (cause) {
    throw keyFault('unsupported-key', file, `${place} is not a well-formed key`, cause);
  }
  throw keyFault('unsupported-key', file, `${place} is a symmetric key`);
}
