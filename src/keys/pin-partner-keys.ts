import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ENCRYPTION_ALG } from './decryption-keys.ts';
import { keyFault } from './keys-error.ts';
import { readEncryptionKeys } from './partner-encryption-keys.ts';
import { readSigningKeys } from './partner-keys.ts';

/** A key of the partner's, for signatures or for encryption. */
export interface PinnedKey {
  kid: string;
  alg: string;
  thumbprint: string;
  jwk: object;
}

export interface KeysToPin {
  /** The JWKS file that the partner handed over. */
  source: string;
  /** What the partner read back over another channel, one for each key of the source. */
  thumbprints: readonly string[];
  /** The file that the link's configuration names. */
  target: string;
}

/**
 * Pins keys of a partner: adds those of the source to the target, once every one of them was read back. Keys that are
 * pinned already stay, because they still verify what was signed in their time.
 *
 * @returns the keys that are new in the target
 */
export async function pinPartnerKeys({ source, thumbprints, target }: KeysToPin): Promise<PinnedKey[]> {
  const offered = await readKeys(source);
  if (offered.length === 0) throw keyFault('no-key', source, 'holds no key');
  refuseUnread(source, offered, thumbprints);
  const pinned = existsSync(target) ? await readKeys(target) : [];
  const fresh = offered.filter((key) => !pinned.some((known) => isSame(target, known, key)));
  const kept = pinned.map((known) => offered.find((key) => isSame(target, known, key)) ?? known);
  write(target, `${JSON.stringify({ keys: [...kept, ...fresh].map((key) => key.jwk) }, null, 2)}\n`);
  return fresh;
}

async function readKeys(file: string): Promise<PinnedKey[]> {
  const [signing, encryption] = await Promise.all([readSigningKeys(file), readEncryptionKeys(file)]);
  return [
    ...signing.map(({ jwk, verification: { kid, alg, thumbprint } }) => ({ kid, alg, thumbprint, jwk })),
    ...encryption.map(({ jwk, encryption: { kid, thumbprint } }) => ({
      kid,
      alg: ENCRYPTION_ALG,
      thumbprint,
      jwk,
    })),
  ];
}

function refuseUnread(source: string, offered: readonly PinnedKey[], thumbprints: readonly string[]): void {
  const unread = offered.filter((key) => !thumbprints.includes(key.thumbprint));
  if (unread.length > 0) {
    const kids = unread.map((key) => JSON.stringify(key.kid)).join(', ');
    throw keyFault(
      'thumbprint-mismatch',
      source,
      `the thumbprint of ${kids} is none of those given. Have the partner read it out over another channel; do not copy it from this file`,
    );
  }
  const idle = thumbprints.filter((t) => !offered.some((key) => key.thumbprint === t));
  if (idle.length > 0)
    throw keyFault('thumbprint-mismatch', source, `no key has the thumbprint ${idle.join(', ')}`);
}

function isSame(target: string, known: PinnedKey, key: PinnedKey): boolean {
  if (known.kid !== key.kid) return false;
  if (known.thumbprint !== key.thumbprint) {
    throw keyFault('kid-taken', target, `holds another key under the kid ${JSON.stringify(known.kid)}`);
  }
  return true;
}

/** Renamed into place: a reader sees the old file or the new one, never a part. */
function write(target: string, content: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const beside = `${target}.new`;
  writeFileSync(beside, content, { mode: 0o644, flush: true });
  renameSync(beside, target);
}
