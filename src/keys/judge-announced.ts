import type { JWK } from 'jose';
import type { MessageData } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import { KeysError } from './keys-error.ts';
import { importPartnerKey, type VerificationKey } from './partner-keys.ts';

/** A key of the partner's that may be pinned, with what is kept of it. */
export interface AnnouncedKey {
  jwk: JWK & { kid: string };
  verification: VerificationKey;
}

/**
 * May a key that the partner announced be pinned for this link? It came signed by a key that is pinned, so this
 * checks the key alone: form, strength, algorithm, name, time.
 *
 * @returns why not, for an operator and the partner's
 */
export async function judgeAnnounced(
  { jwk, notBefore, notAfter }: MessageData['key-rotation'],
  link: Pick<Link, 'keys' | 'algorithms'>,
  now: Date,
): Promise<AnnouncedKey | { reason: string }> {
  const from = Date.parse(notBefore);
  const until = Date.parse(notAfter);
  if (until <= from) return { reason: 'its validity ends before it begins' };
  if (until <= now.getTime()) return { reason: 'its validity is over' };
  const dated = { ...jwk, use: 'sig', nbf: Math.floor(from / 1_000), exp: Math.floor(until / 1_000) };
  try {
    const { verification } = await importPartnerKey('the announced key', dated);
    const { kid, alg, thumbprint } = verification;
    if (!link.algorithms.includes(alg)) return { reason: `this link does not take ${alg}` };
    const held = link.keys.get(kid);
    if (held && held.thumbprint !== thumbprint) return { reason: `its kid ${kid} names another key` };
    return { jwk: { ...dated, kid }, verification };
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    return { reason: error.message };
  }
}
