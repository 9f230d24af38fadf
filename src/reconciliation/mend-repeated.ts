import type { Party } from '../contract/party.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import { findLostAmong } from './lost-versions.ts';
import { mendSubjects } from './mend-subjects.ts';
import { registerOf } from './reconciliation.ts';

/**
 * Puts back what the register has lost of messages that came again, in the transaction that answers them: a partner
 * that sends known messages again, because it was asked to or because records differ, so restores rows of ours that no
 * new message could (docs/reconciliation.md). Where nothing is lost, which one look shows, nothing is done.
 */
export async function mendRepeated(
  tx: Transaction,
  party: Party,
  link: Link,
  messages: readonly string[],
  now: Date,
): Promise<void> {
  const register = registerOf(party, link, 'partner');
  const lost = await findLostAmong(tx, register, messages);
  if (lost.length === 0) return;
  const subjects = [...new Set(lost.map(({ subject }) => subject))].sort();
  await mendSubjects(tx, register, subjects, now, lost);
}
