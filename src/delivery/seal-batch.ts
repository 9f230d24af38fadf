import { currentEncryptionKey, sealSet } from '../envelope/seal-set.ts';
import type { Link } from '../links/link.ts';
import type { PendingMessage } from './take-batch.ts';

/**
 * A batch as it goes on the wire: where the link demands it, encrypted anew for each attempt.
 *
 * @returns the batch, or what is wrong with the link: the partner has handed over no key that is valid now
 */
export async function sealBatch(
  { id, encryption, encryptionKeys }: Pick<Link, 'id' | 'encryption' | 'encryptionKeys'>,
  batch: readonly PendingMessage[],
  now: Date,
): Promise<readonly PendingMessage[] | { fault: string }> {
  if (encryption === 'none') return batch;
  const key = currentEncryptionKey(encryptionKeys, now);
  if (!key) {
    return {
      fault: `the link demands encryption and no key of the partner is valid for it (mra keys import ${id})`,
    };
  }
  return Promise.all(batch.map(async (message) => ({ ...message, jws: await sealSet(message.jws, key) })));
}
