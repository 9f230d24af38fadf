import { JsonError } from '../envelope/json-error.ts';
import type { Transaction } from '../store/database.ts';
import { type AcceptingParts, acceptMessages } from './accept-messages.ts';
import { type ReadingParts, readSubmission, type Submitter } from './read-submission.ts';
import { BatchRefused, type CheckedSubmission, type Outcome, type Refusal } from './submission.ts';

/** Messages of one batch: enough for a register in a minute, small enough for one transaction. */
export const BATCH_MESSAGES_MAX = 1_000;

export interface SubmittingParts extends AcceptingParts, ReadingParts {}

/** What reading made of each submitted body, before any register was asked. */
export type ReadSubmissions = readonly (CheckedSubmission | Refusal)[];

/**
 * Reads submitted bodies; needs no transaction, so that none is open while schemas are checked.
 *
 * @param bodies a JsonError stands for one that is not JSON
 */
export function readSubmissions(
  parts: SubmittingParts,
  bodies: readonly unknown[],
  submitter: Submitter,
  now: Date,
): ReadSubmissions {
  return bodies.map((body) =>
    body instanceof JsonError ? unreadable(body) : readSubmission(body, parts, submitter, now),
  );
}

function unreadable({ code, pointer = '', message }: JsonError): Refusal {
  const errors = [{ pointer, code, message: `the line ${message}` }];
  return { code: 'malformed', detail: `A line must be JSON in UTF-8: it ${message}.`, errors };
}

/**
 * Accepts what was read, in the caller's transaction.
 *
 * @param atomic all or none
 * @returns an outcome for each body, in order
 * @throws BatchRefused where `atomic` is set and one is refused; nothing of the batch may stand then
 */
export async function submitMessages(
  tx: Transaction,
  parts: SubmittingParts,
  read: ReadSubmissions,
  { atomic, principal, now }: { atomic: boolean; principal: string; now: Date },
): Promise<Outcome[]> {
  const readable = read.filter((item): item is CheckedSubmission => !isRefusal(item));
  if (atomic && readable.length < read.length) throw new BatchRefused(read.map(unreadOutcome));
  const accepted = readable.length > 0 ? await acceptMessages(tx, parts, readable, principal, now) : [];
  let next = 0;
  const outcomes = read.map((item): Outcome => {
    if (isRefusal(item)) return { refused: item };
    const outcome = accepted[next++];
    if (!outcome) throw new Error('acceptance lost an item');
    return outcome;
  });
  if (atomic && outcomes.some((o) => 'refused' in o)) {
    throw new BatchRefused(outcomes.map((o) => ('refused' in o ? o : { refused: REFUSED_WITH_BATCH })));
  }
  return outcomes;
}

/** How many of them would wait for each link's partner, if all were accepted. */
export function messagesPerLink(read: ReadSubmissions): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of read) {
    if (!isRefusal(item)) counts.set(item.link.id, (counts.get(item.link.id) ?? 0) + 1);
  }
  return counts;
}

function isRefusal(item: CheckedSubmission | Refusal): item is Refusal {
  return 'code' in item;
}

/** In a batch that is refused as a whole, an item without a fault of its own says so. */
function unreadOutcome(item: CheckedSubmission | Refusal): Outcome {
  return { refused: isRefusal(item) ? item : REFUSED_WITH_BATCH };
}

const REFUSED_WITH_BATCH: Refusal = {
  code: 'batch-refused',
  detail:
    'Nothing is wrong with this message; the batch was to be accepted as a whole, and another one is refused.',
  errors: [],
};
