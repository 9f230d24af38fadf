import type { LaneRef } from '../../delivery/claim-lane.ts';
import { laneOf } from '../../delivery/lane-of.ts';
import {
  type Act,
  type NotWithdrawn,
  type WithdrawingParts,
  withdrawMessages,
} from '../../delivery/withdraw-messages.ts';
import type { Link } from '../../links/link.ts';
import type { Transaction } from '../../store/database.ts';
import { DeadLetterError } from './dead-letter-error.ts';

/**
 * Withdraws one message that the partner has not answered.
 *
 * @returns the lane of its void and of what was held behind it, to be woken after the commit
 * @throws DeadLetterError `not-found`, or `conflict` where it is answered, under way, or a void
 */
export async function withdrawPending(
  tx: Transaction,
  parts: WithdrawingParts,
  link: Link,
  { id, subject }: { id: string; subject: string },
  act: Act,
): Promise<LaneRef> {
  const why = (await withdrawMessages(tx, parts, link, [id], act)).get(id);
  if (why) throw new DeadLetterError(why === 'unknown' ? 'not-found' : 'conflict', sentences[why](id));
  return { link: link.id, lane: laneOf(subject, link.lanes) };
}

const sentences: Record<NotWithdrawn, (id: string) => string> = {
  unknown: (id) => `There is no message ${id} of ours.`,
  answered: (id) => `The message ${id} waits no more: the partner has answered it, or it was withdrawn.`,
  'under-way': (id) => `A request with the message ${id} may be under way. Pause its lane and try again.`,
  'is-void': (id) => `The message ${id} takes the version of a withdrawn one and cannot be withdrawn itself.`,
};
