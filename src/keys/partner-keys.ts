import { calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { VerificationKey, VerificationKeys } from '../envelope/verification-keys.ts';
import { keyAlgorithm } from './key-algorithm.ts';
import { readJsonFile } from './key-file.ts';
import { type KeyFault, KeysError, keyFault } from './keys-error.ts';

export type { VerificationKey, VerificationKeys };

/** A partner's key as it stands in a file, with what it is good for. */
export interface PartnerKey {
  jwk: JWK & { kid: string };
  verification: VerificationKey;
}

/** Members that only a private or a symmetric key has (RFC 7518, 6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const KID_LENGTH_MAX = 128;

/**
 * Loads the partner's pinned JWKS. Nothing is ever fetched: the file was exchanged out of band (protocol.md 6).
 *
 * @throws {KeysError} with every fault of the file at once
 */
export async function loadPartnerKeys(file: string): Promise<VerificationKeys> {
  const keys = await readPartnerKeys(file);
  return new Map(keys.map(({ verification }) => [verification.kid, verification]));
}

/** Reads a JWKS file of public signature keys; keys of `use: enc` are left out. */
export async function readPartnerKeys(file: string): Promise<PartnerKey[]> {
  const keys = await readSigningKeys(file);
  if (keys.length === 0) throw keyFault('no-key', file, 'holds no key that verifies signatures');
  return keys;
}

/** As readPartnerKeys, but there may be none. */
export async function readSigningKeys(file: string): Promise<PartnerKey[]> {
  const entries = readEntries(file);
  const faults: KeyFault[] = [];
  const keys: PartnerKey[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      const key = await readPartnerKey(file, `key ${index + 1}`, entry);
      if (key) keys.push(key);
    } catch (error) {
      if (!(error instanceof KeysError)) throw error;
      faults.push(...error.faults);
    }
  }
  faults.push(...repeatedKids(file, keys));
  if (faults.length > 0) throw new KeysError(faults);
  return keys;
}

/** The entries of a JWKS file, none of them looked at. */
export function readEntries(file: string): unknown[] {
  const content = readJsonFile(file);
  const entries = isJsonObject(content) ? content.keys : undefined;
  if (!Array.isArray(entries)) throw keyFault('malformed', file, 'is no JWKS: {"keys": […]}');
  return entries;
}

/** A signature key that did not come in a file. @throws {KeysError} where no link may use it */
export async function importPartnerKey(place: string, entry: unknown): Promise<PartnerKey> {
  const key = await readPartnerKey(place, 'it', entry);
  if (!key) throw keyFault('unsupported-key', place, 'is not for verifying signatures');
  return key;
}

async function readPartnerKey(file: string, place: string, entry: unknown): Promise<PartnerKey | undefined> {
  if (!isJsonObject(entry)) throw keyFault('malformed', file, `${place} is not a JSON object`);
  if (privateMembers.some((name) => name in entry)) {
    throw keyFault(
      'private-member',
      file,
      `${place} is a private key. Ask the partner for public keys, and tell them`,
    );
  }
  if (entry.use === 'enc') return undefined;
  const { kid, nbf, exp } = entry;
  if (typeof kid !== 'string' || kid === '' || kid.length > KID_LENGTH_MAX) {
    throw keyFault('malformed', file, `${place} has no kid of 1 to ${KID_LENGTH_MAX} characters`);
  }
  const jwk = { ...entry, kid } as PartnerKey['jwk'];
  const alg = keyAlgorithm(jwk);
  if (!alg) {
    throw keyFault(
      'unsupported-key',
      file,
      `${place} is no key for ES256, Ed25519, ES384 or PS256 (RSA: alg PS256, 2,048 bits)`,
    );
  }
  const verification: VerificationKey = {
    kid,
    alg,
    key: await importPublic(file, place, jwk, alg),
    thumbprint: await calculateJwkThumbprint(jwk),
    ...validity(file, place, 'notBefore', nbf),
    ...validity(file, place, 'notAfter', exp),
  };
  return { jwk, verification };
}

async function importPublic(file: string, place: string, jwk: JWK, alg: string): Promise<CryptoKey> {
  try {
    const key = await importJWK({ ...jwk, alg }, alg);
    if (key instanceof CryptoKey && key.type === 'public' && key.usages.includes('verify')) return key;
  } catch (cause) {
    throw keyFault('unsupported-key', file, `${place} is not a well-formed key`, cause);
  }
  throw keyFault('unsupported-key', file, `${place} is not for verifying signatures`);
}

export function validity(
  file: string,
  place: string,
  name: 'notBefore' | 'notAfter',
  seconds: unknown,
): { [n in typeof name]?: Date } {
  if (seconds === undefined) return {};
  const instant = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  if (Number.isNaN(instant.getTime())) {
    throw keyFault(
      'malformed',
      file,
      `${place}: ${name === 'notBefore' ? 'nbf' : 'exp'} is not seconds since 1970`,
    );
  }
  return { [name]: instant };
}

function repeatedKids(file: string, keys: readonly PartnerKey[]): KeyFault[] {
  const kids = keys.map((key) => key.verification.kid);
  const repeated = new Set(kids.filter((kid, index) => kids.indexOf(kid) !== index));
  return [...repeated].map((kid) => ({
    code: 'duplicate-kid',
    file,
    message: `${file}: two keys have the kid ${JSON.stringify(kid)}`,
  }));
}
