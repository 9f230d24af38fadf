import { calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import type { Secret } from '../config/secrets.ts';
import type { DecryptionKeys } from '../envelope/seal-set.ts';
import { listFiles, readKeyFile } from './key-file.ts';
import { type KeyFault, KeysError, keyFault } from './keys-error.ts';

/** What SETs to us are encrypted with; it names the key agreement that wraps each one's own key. */
export const ENCRYPTION_ALG = 'ECDH-ES+A256KW';

/** Public part of a key of ours that partners encrypt to. */
export type EncryptionJwk = JWK & { kid: string; nbf: number; exp?: number };

/** A private key that opens what partners send us. */
export interface OwnDecryptionKey {
  kid: string;
  thumbprint: string;
  key: CryptoKey;
  publicJwk: EncryptionJwk;
  notBefore: Date;
  notAfter?: Date;
}

/**
 * Loads every private key for decryption of a folder (`*.jwe.json`). Partners encrypt to the newest; the others open
 * what is under way, until their file is taken away.
 *
 * @throws {KeysError} with a fault for each file that is not a usable key or that others may read
 */
export async function loadDecryptionKeys(
  directory: string,
  passphrase?: Secret,
): Promise<OwnDecryptionKey[]> {
  const faults: KeyFault[] = [];
  const keys: OwnDecryptionKey[] = [];
  for (const file of listFiles(directory, '.jwe.json')) {
    try {
      keys.push(await loadOne(file, passphrase));
    } catch (error) {
      if (!(error instanceof KeysError)) throw error;
      faults.push(...error.faults);
    }
  }
  if (faults.length > 0) throw new KeysError(faults);
  return keys;
}

export function decryptionKeys(keys: readonly OwnDecryptionKey[]): DecryptionKeys {
  return new Map(keys.map(({ kid, key }) => [kid, key]));
}

async function loadOne(file: string, passphrase: Secret | undefined): Promise<OwnDecryptionKey> {
  const { jwk, notBefore, notAfter } = await readKeyFile(file, passphrase);
  const { kty, crv, x, y, kid } = jwk;
  if (!file.endsWith(`${kid}.jwe.json`)) {
    throw keyFault('malformed', file, `holds the key ${kid}; the file must bear its name`);
  }
  if (kty !== 'EC' || crv !== 'P-256' || !x || !y || !jwk.d) {
    throw keyFault('unsupported-key', file, 'is no private key for ECDH-ES+A256KW on P-256');
  }
  const publicJwk: EncryptionJwk = {
    kty,
    crv,
    x,
    y,
    kid,
    alg: ENCRYPTION_ALG,
    use: 'enc',
    nbf: notBefore.getTime() / 1_000,
    ...(notAfter ? { exp: Math.floor(notAfter.getTime() / 1_000) } : {}),
  };
  const thumbprint = await calculateJwkThumbprint(publicJwk);
  const key = await importPrivate(file, { kty, crv, x, y, d: jwk.d });
  return { kid, thumbprint, key, publicJwk, notBefore, ...(notAfter ? { notAfter } : {}) };
}

async function importPrivate(file: string, jwk: JWK): Promise<CryptoKey> {
  try {
    const key = await importJWK(jwk, ENCRYPTION_ALG, { extractable: false });
    if (key instanceof CryptoKey) return key;
  } catch (cause) {
    throw keyFault('unsupported-key', file, 'holds a key that is not well formed', cause);
  }
  throw keyFault('unsupported-key', file, 'is a symmetric key');
}
