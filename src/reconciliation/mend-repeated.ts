import type { Party } from '../contract/party.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import { readRestated } from './count-repaired.ts';
import { keepFindings, readOpen } from './keep-run.ts';
import { findLostAmong } from './lost-versions.ts';
import { mendSubjects } from './mend-subjects.ts';
import { NAMED_MAX, registerOf } from './reconciliation.ts';

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
  await countPutBack(tx, link.id, await mendSubjects(tx, register, subjects, now, lost));
}

/** In the run that waits for them. What was stated again as well is counted by that. */
async function countPutBack(tx: Transaction, link: string, mended: readonly string[]): Promise<void> {
  const run = mended.length > 0 ? await readOpen(tx, link, 'partner') : undefined;
  if (!run) return;
  const { repaired = 0, putBack = [] } = run.findings;
  const known = new Set([...putBack, ...(await readRestated(tx, run))]);
  const fresh = mended.filter((id) => !known.has(id));
  if (fresh.length === 0) return;
  await keepFindings(tx, run.id, {
    ...run.findings,
    repaired: repaired + fresh.length,
    putBack: [...putBack, ...fresh].slice(0, NAMED_MAX),
  });
}
