import type { LaneRef } from '../../delivery/claim-lane.ts';
import type { Act, WithdrawingParts } from '../../delivery/withdraw-messages.ts';
import type { Transaction } from '../../store/database.ts';
import type { SubmittingParts } from '../../submission/submit-messages.ts';
import { DeadLetterError } from './dead-letter-error.ts';
import { dismissRefused } from './dismiss-refused.ts';
import type { DeadLetterKind } from './list-dead-letters.ts';
import { resubmitRefused } from './resubmit-refused.ts';
import { retryParked } from './retry-parked.ts';
import { withdrawPending } from './withdraw-pending.ts';

export interface ActingParts extends SubmittingParts, WithdrawingParts {}

/** What an operator may do, and with which dead letters. */
export const actions = {
  retry: 'parked',
  withdraw: 'parked',
  resubmit: 'refused',
  dismiss: 'refused',
} as const satisfies Record<string, DeadLetterKind>;

export type Action = keyof typeof actions;

/** The message that is acted on. */
export interface Letter {
  id: string;
  link: string;
  subject: string;
}

export interface Acted {
  answer: Record<string, unknown>;
  /** To be woken after the commit. */
  lane: LaneRef | null;
}

/**
 * Does one act on one message, in the caller's transaction, with its audit entry.
 *
 * @param data corrected data of a message that is submitted again
 * @throws DeadLetterError
 */
export async function actOnLetter(
  tx: Transaction,
  parts: ActingParts,
  action: Action,
  { id, link: linkId, subject }: Letter,
  act: Act,
  data?: unknown,
): Promise<Acted> {
  const link = parts.links.get(linkId);
  if (!link) throw new DeadLetterError('conflict', `The link ${linkId} is not configured any more.`);
  switch (action) {
    case 'retry':
      return {
        answer: { id, link: linkId, state: 'accepted' },
        lane: await retryParked(tx, linkId, id, act),
      };
    case 'withdraw':
      return {
        answer: { id, link: linkId, state: 'withdrawn' },
        lane: await withdrawPending(tx, parts, link, { id, subject }, act),
      };
    case 'resubmit': {
      const { accepted, lane } = await resubmitRefused(tx, parts, linkId, id, data, act);
      return { answer: { ...accepted, state: accepted ? 'accepted' : 'owed', replaces: id }, lane };
    }
    case 'dismiss':
      await dismissRefused(tx, linkId, id, act);
      return { answer: { id, link: linkId, state: 'refused', dismissed: true }, lane: null };
  }
}
