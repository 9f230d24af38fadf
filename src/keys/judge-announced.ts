import type { JWK } from 'jose';
import type { Algorithm } from '../envelope/algorithms.ts';
import type { MessageData } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import { KeysError } from './keys-error.ts';
import { importEncryptionKey } from './partner-encryption-keys.ts';
import { importPartnerKey } from './partner-keys.ts';

/** A key of the partner's that may be pinned, to verify with or to encrypt to, with what is kept of it. */
export interface AnnouncedKey {
  jwk: JWK & { kid: string };
  kid: string;
  thumbprint: string;
}

/**
 * May a key that the partner announced be pinned for this link? It came signed by a key that is pinned, so this
 * checks the key alone: form, strength, algorithm, name, time.
 *
 * @returns why not, for an operator and the partner's
 */
export async function judgeAnnounced(
  { jwk, notBefore, notAfter }: MessageData['key-rotation'],
  link: Pick<Link, 'keys' | 'encryptionKeys' | 'algorithms'>,
  now: Date,
): Promise<AnnouncedKey | { reason: string }> {
  const from = Date.parse(notBefore);
  const until = Date.parse(notAfter);
  if (until <= from) return { reason: 'its validity ends before it begins' };
  if (until <= now.getTime()) return { reason: 'its validity is over' };
  const dated = {
    ...jwk,
    use: jwk.use ?? 'sig',
    nbf: Math.floor(from / 1_000),
    exp: Math.floor(until / 1_000),
  };
  try {
    const { kid, alg, thumbprint } = await importAnnounced(dated);
    if (alg !== undefined && !link.algorithms.includes(alg))
      return { reason: `this link does not take ${alg}` };
    const held = link.keys.get(kid) ?? link.encryptionKeys.find((key) => key.kid === kid);
    if (held && held.thumbprint !== thumbprint) return { reason: `its kid ${kid} names another key` };
    return { jwk: { ...dated, kid }, kid, thumbprint };
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    return { reason: error.message };
  }
}

interface Announced {
  kid: string;
  thumbprint: string;
  /** Of a key that signs. */
  alg?: Algorithm;
}

async function importAnnounced(jwk: MessageData['key-rotation']['jwk']): Promise<Announced> {
  if (jwk.use === 'enc') return (await importEncryptionKey('the announced key', jwk)).encryption;
  return (await importPartnerKey('the announced key', jwk)).verification;
}
