import { GATEWAY_SUBJECT } from '../envelope/event-types.ts';
import type { Link } from '../links/link.ts';
import type { PartnerLedger } from './ask-partner.ts';
import type { ComparingParts } from './compare-link.ts';
import { fetchOwnSets, ownPolicy, type ReturnedMessage } from './fetch-own-sets.ts';
import { putBack } from './put-back.ts';
import type { HeldMessage } from './read-lists.ts';

/**
 * Puts back messages of our gateway itself (receipts and the like) that the partner holds and we lost: they bear no
 * version, so that nothing can clash. Every restored side lacks some. Once a message about a subject is among them,
 * nothing is touched: that is for an operator to recover.
 *
 * @returns how many were put back, or how many are lost
 */
export async function restoreOwnMessages(
  { database, keyRing, issuer }: Pick<ComparingParts, 'database' | 'keyRing' | 'issuer'>,
  link: Link,
  ledger: PartnerLedger,
  unknown: readonly HeldMessage[],
): Promise<{ putBack: number; lost: number }> {
  const policy = await ownPolicy(keyRing, link, issuer, new Date());
  const returned: ReturnedMessage[] = [];
  for await (const group of fetchOwnSets(ledger, policy, unknown)) {
    const versioned = group.returned.some(({ set }) => set.subject !== GATEWAY_SUBJECT);
    if (versioned || group.erased.length > 0) return { putBack: 0, lost: unknown.length };
    returned.push(...group.returned);
  }
  const missing = await database.transaction((tx) => putBack(tx, link.id, returned, () => false, new Date()));
  return { putBack: missing.size, lost: 0 };
}
