import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { keyFault } from './keys-error.ts';
import { type PartnerKey, readPartnerKeys, type VerificationKey } from './partner-keys.ts';

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
export async function pinPartnerKeys({ source, thumbprints, target }: KeysToPin): Promise<VerificationKey[]> {
  const offered = await readPartnerKeys(source);
  refuseUnread(source, offered, thumbprints);
  const pinned = existsSync(target) ? await readPartnerKeys(target) : [];
  const fresh = offered.filter((key) => !pinned.some((known) => isSame(target, known, key)));
  const kept = pinned.map((known) => offered.find((key) => isSame(target, known, key)) ?? known);
  write(target, `${JSON.stringify({ keys: [...kept, ...fresh].map((key) => key.jwk) }, null, 2)}\n`);
  return fresh.map((key) => key.verification);
}

function refuseUnread(source: string, offered: readonly PartnerKey[], thumbprints: readonly string[]): void {
  const unread = offered.filter((key) => !thumbprints.includes(key.verification.thumbprint));
  if (unread.length > 0) {
    const kids = unread.map((key) => JSON.stringify(key.verification.kid)).join(', ');
    throw keyFault(
      'thumbprint-mismatch',
      source,
      `the thumbprint of ${kids} is none of those given. Have the partner read it out over another channel; do not copy it from this file`,
    );
  }
  const idle = thumbprints.filter((t) => !offered.some((key) => key.verification.thumbprint === t));
  if (idle.length > 0)
    throw keyFault('thumbprint-mismatch', source, `no key has the thumbprint ${idle.join(', ')}`);
}

function isSame(target: string, known: PartnerKey, key: PartnerKey): boolean {
  if (known.verification.kid !== key.verification.kid) return false;
  if (known.verification.thumbprint !== key.verification.thumbprint) {
    throw keyFault(
      'kid-taken',
      target,
      `holds another key under the kid ${JSON.stringify(known.verification.kid)}`,
    );
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
