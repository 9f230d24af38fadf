import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Secret } from '../config/secrets.ts';
import type { Party } from '../contract/party.ts';
import type { Algorithm } from '../envelope/algorithms.ts';
import { ENCRYPTION_ALG } from './decryption-keys.ts';
import { isOwnKid } from './key-file.ts';
import { keyFault } from './keys-error.ts';
import { sealPrivateJwk } from './private-jwk.ts';

export interface KeyToGenerate {
  party: Party;
  alg: Algorithm;
  /** Drawn from the party and the month when absent: `cn-2026-11`, `cn-2026-11-2`. */
  kid?: string;
  /** Folder of the private keys; made with mode 0700 where it is missing. */
  directory: string;
  now: Date;
  /** When what it signs ceases to be valid; without an end where absent. */
  notAfter?: Date;
  /** The file is encrypted with it, where there is one. */
  passphrase?: Secret | undefined;
}

export interface GeneratedKey {
  kid: string;
  alg: Algorithm;
  thumbprint: string;
  file: string;
}

/** Makes a private key in a file of its own, mode 0600. Never overwrites one. */
export async function generateKey({
  party,
  alg,
  kid,
  directory,
  now,
  notAfter,
  passphrase,
}: KeyToGenerate): Promise<GeneratedKey> {
  if (kid !== undefined && !isOwnKid(kid)) {
    throw keyFault('malformed', directory, 'a kid is 1 to 63 small letters, digits and hyphens');
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const name = kid ?? freeKid(party.toLowerCase(), directory, now);
  const file = keyPath(directory, name);
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const jwk = { ...(await exportJWK(privateKey)), kid: name, alg, use: 'sig' };
  // To the second, as iat is: a token signed in this very second is not older than its key.
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000).toISOString();
  write(file, await contentOf(jwk, { notBefore, notAfter }, passphrase));
  return { kid: name, alg, thumbprint: await calculateJwkThumbprint(jwk), file };
}

/** Makes a private key that opens what partners encrypt to us, in a file of its own beside the others. */
export async function generateDecryptionKey({
  party,
  kid,
  directory,
  now,
  notAfter,
  passphrase,
}: Omit<KeyToGenerate, 'alg'>): Promise<Omit<GeneratedKey, 'alg'>> {
  if (kid !== undefined && !isOwnKid(kid)) {
    throw keyFault('malformed', directory, 'a kid is 1 to 63 small letters, digits and hyphens');
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const name = kid ?? freeKid(`${party.toLowerCase()}-enc`, directory, now, 'jwe');
  const file = keyPath(directory, name, 'jwe');
  const { privateKey } = await generateKeyPair(ENCRYPTION_ALG, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: name, alg: ENCRYPTION_ALG, use: 'enc' };
  write(file, await contentOf(jwk, { notBefore: now.toISOString(), notAfter }, passphrase));
  return { kid: name, thumbprint: await calculateJwkThumbprint(jwk), file };
}

/** The private JWK as it is, or encrypted with a passphrase. */
async function contentOf(jwk: JWK, dates: object, passphrase: Secret | undefined): Promise<string> {
  const key = passphrase ? { jwe: await sealPrivateJwk(jwk, passphrase) } : { jwk };
  return `${JSON.stringify({ ...key, ...dates }, null, 2)}\n`;
}

function keyPath(directory: string, kid: string, form: 'jwk' | 'jwe' = 'jwk'): string {
  return join(directory, `${kid}.${form}.json`);
}

function freeKid(prefix: string, directory: string, now: Date, form: 'jwk' | 'jwe' = 'jwk'): string {
  const month = `${prefix}-${now.toISOString().slice(0, 7)}`;
  for (let n = 1; ; n++) {
    const kid = n === 1 ? month : `${month}-${n}`;
    if (!existsSync(keyPath(directory, kid, form))) return kid;
  }
}

function write(file: string, content: string): void {
  try {
    writeFileSync(file, content, { flag: 'wx', mode: 0o600, flush: true });
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EEXIST') throw cause;
    throw keyFault(
      'kid-taken',
      file,
      'exists already; a kid names one key for ever. Choose another --kid',
      cause,
    );
  }
}
