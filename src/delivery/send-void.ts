import { v7 as uuidv7 } from 'uuid';
import { signSet } from '../envelope/sign-set.ts';
import { readActiveSigner } from '../keys/active-signer.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import { keepVoids, type VoidedVersion } from '../register/keep-voids.ts';
import type { Transaction } from '../store/database.ts';
import { enqueueMessages, type OutgoingMessage } from './enqueue-messages.ts';
import { laneOf } from './lane-of.ts';

/** A version that its message gives up. */
export type GivenUp = Omit<VoidedVersion, 'voidMessage' | 'moot'>;

/**
 * Signs a version-void for each version and puts it on the lane of its subject, in the caller's transaction.
 *
 * @returns the ids of the voids by the ids of the messages
 */
export async function sendVoids(
  tx: Transaction,
  { issuer, keyRing }: { issuer: string; keyRing: KeyRing },
  link: Link,
  versions: readonly GivenUp[],
  now: Date,
): Promise<Map<string, string>> {
  if (versions.length === 0) return new Map();
  const signer = await readActiveSigner(tx, keyRing);
  const messages = await Promise.all(
    versions.map(async ({ subject, version, message, reason }): Promise<OutgoingMessage> => {
      const id = uuidv7();
      const { jws, sha256 } = await signSet(
        {
          iss: issuer,
          aud: link.issuer,
          jti: id,
          iat: Math.floor(now.getTime() / 1000),
          subject,
          event: { type: 'version-void', version, data: { messageId: message, reason } },
        },
        signer,
      );
      return {
        id,
        link: link.id,
        lane: laneOf(subject, link.lanes),
        type: 'version-void',
        subject,
        version,
        txn: null,
        urgent: false,
        kid: signer.kid,
        jws,
        sha256,
        warnings: [],
      };
    }),
  );
  await enqueueMessages(tx, messages, now);
  const voids = versions.map((v, n) => ({ ...v, voidMessage: messages[n]?.id ?? '', moot: false }));
  await keepVoids(tx, voids, now);
  return new Map(voids.map((v) => [v.message, v.voidMessage]));
}
