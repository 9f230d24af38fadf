import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { Party } from '../contract/party.ts';
import type { Algorithm } from '../envelope/algorithms.ts';
import { isOwnKid } from './key-file.ts';
import { keyFault } from './keys-error.ts';

export interface KeyToGenerate {
  party: Party;
  alg: Algorithm;
  /** Drawn from the party and the month when absent: `cn-2026-11`, `cn-2026-11-2`. */
  kid?: string;
  /** Folder of the private keys; made with mode 0700 where it is missing. */
  directory: string;
  now: Date;
}

export interface GeneratedKey {
  kid: string;
  alg: Algorithm;
  thumbprint: string;
  file: string;
}

/** Makes a private key in a file of its own, mode 0600. Never overwrites one. */
export async function generateKey({ party, alg, kid, directory, now }: KeyToGenerate): Promise<GeneratedKey> {
  if (kid !== undefined && !isOwnKid(kid)) {
    throw keyFault('malformed', directory, 'a kid is 1 to 63 small letters, digits and hyphens');
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const name = kid ?? freeKid(party, directory, now);
  const file = keyPath(directory, name);
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const jwk = { ...(await exportJWK(privateKey)), kid: name, alg, use: 'sig' };
  // To the second, as iat is: a token signed in this very second is not older than its key.
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000).toISOString();
  write(file, `${JSON.stringify({ jwk, notBefore }, null, 2)}\n`);
  return { kid: name, alg, thumbprint: await calculateJwkThumbprint(jwk), file };
}

function keyPath(directory: string, kid: string): string {
  return join(directory, `${kid}.jwk.json`);
}

function freeKid(party: Party, directory: string, now: Date): string {
  const month = `${party.toLowerCase()}-${now.toISOString().slice(0, 7)}`;
  for (let n = 1; ; n++) {
    const kid = n === 1 ? month : `${month}-${n}`;
    if (!existsSync(keyPath(directory, kid))) return kid;
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
