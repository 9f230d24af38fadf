import { calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import type { Secret } from '../config/secrets.ts';
import type { Signer } from '../envelope/sign-set.ts';
import { keyAlgorithm } from './key-algorithm.ts';
import { type KeyFile, listFiles, readKeyFile } from './key-file.ts';
import { type KeyFault, KeysError, keyFault } from './keys-error.ts';
import { type PublicJwk, publicPart } from './public-jwks.ts';
import { loadRemoteKey } from './remote-keys.ts';

export type { Signer };

/** A key of our own: it signs, and its public part is what partners pin. */
export interface OwnKey extends Signer {
  publicJwk: PublicJwk;
  notBefore: Date;
  notAfter?: Date;
}

/** Our own keys, oldest first. Which of them signs stands in the store (own_key). */
export interface KeyRing {
  readonly keys: readonly OwnKey[];
  /** The key of that `kid`, if this process has it. */
  signer(kid: string): Signer | undefined;
  /** Looks for it in the folder, where another process may have made it a moment ago. */
  find?(kid: string): Promise<Signer | undefined>;
}

/**
 * Loads every private key of a folder (`*.jwk.json`), and those that are elsewhere (`*.signer.json`). The keys cannot be exported from the process again.
 *
 * @throws {KeysError} with a fault for each file that is not a usable key or that others may read
 */
export async function loadKeyRing(directory: string, passphrase?: Secret): Promise<KeyRing> {
  const loaded = await Promise.allSettled([
    ...listFiles(directory, '.jwk.json').map((file) => loadOwnKey(file, passphrase)),
    ...listFiles(directory, '.signer.json').map(loadRemoteKey),
  ]);
  const faults: KeyFault[] = [];
  const keys: OwnKey[] = [];
  for (const result of loaded) {
    if (result.status === 'rejected') faults.push(...faultsOf(result.reason));
    else keys.push(result.value);
  }
  if (faults.length > 0) throw new KeysError(faults);
  keys.sort((a, b) => a.notBefore.getTime() - b.notBefore.getTime() || (a.kid < b.kid ? -1 : 1));
  const byKid = new Map(keys.map((key) => [key.kid, key]));
  return { keys, signer: (kid) => byKid.get(kid) };
}

async function loadOwnKey(file: string, passphrase: Secret | undefined): Promise<OwnKey> {
  const { jwk, notBefore, notAfter }: KeyFile = await readKeyFile(file, passphrase);
  if (!file.endsWith(`${jwk.kid}.jwk.json`)) {
    throw keyFault('malformed', file, `holds the key ${jwk.kid}; the file must bear its name`);
  }
  const alg = keyAlgorithm(jwk);
  if (!alg || (jwk.d ?? jwk.priv) === undefined) {
    throw keyFault('unsupported-key', file, 'is no private key for ES256, Ed25519, ES384 or PS256');
  }
  const key = await importPrivate(file, jwk, alg);
  const publicJwk = publicPart(jwk, { alg, notBefore, ...(notAfter ? { notAfter } : {}) });
  const thumbprint = await calculateJwkThumbprint(publicJwk);
  return { kid: jwk.kid, alg, thumbprint, key, publicJwk, notBefore, ...(notAfter ? { notAfter } : {}) };
}

async function importPrivate(file: string, jwk: JWK, alg: string): Promise<CryptoKey> {
  try {
    // Node's own call signs with a KeyObject, and none is made of a key that is not extractable.
    const key = await importJWK({ ...jwk, alg }, alg, { extractable: true });
    if (key instanceof CryptoKey) return key;
  } catch (cause) {
    throw keyFault('unsupported-key', file, 'holds a key that is not well formed', cause);
  }
  throw keyFault('unsupported-key', file, 'is a symmetric key');
}

function faultsOf(reason: unknown): readonly KeyFault[] {
  if (reason instanceof KeysError) return reason.faults;
  throw reason;
}
