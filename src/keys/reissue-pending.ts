import { appendEntries } from '../audit/append-entries.ts';
import { isBusinessType } from '../contract/messages.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { laneOf } from '../delivery/lane-of.ts';
import { withdrawMessages } from '../delivery/withdraw-messages.ts';
import { readStoredSet } from '../envelope/read-set.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import { acceptMessages } from '../submission/accept-messages.ts';
import { readSubmission } from '../submission/read-submission.ts';
import type { CheckedSubmission } from '../submission/submission.ts';
import type { SubmittingParts } from '../submission/submit-messages.ts';

/** As many as a batch of a back end: one transaction holds the locks of so many subjects. */
const REISSUED_AT_ONCE = 1_000;

/** What became of pending messages that a revoked key had signed. */
export interface Reissued {
  /** Accepted again as new messages. */
  count: number;
  /** Withdrawn for good, because they cannot be accepted again: an operator finds them among the withdrawn. */
  dropped: number;
  /** Still pending under the revoked key: a request with them is under way. */
  left: number;
  /** To be woken after the commit. */
  lanes: LaneRef[];
}

interface PendingRow {
  id: string;
  type: string;
  txn: string | null;
  jws: string | null;
}

const BY = 'key revocation';

/**
 * Withdraws pending messages of a link that a revoked key signed, and accepts what they say again in their order: new
 * id, next version, same case number, `replaces` (protocol.md 6). What is under way in a request is left for later.
 *
 * A crash before the commit leaves everything as it was; the next look does it.
 */
export async function reissuePending(
  tx: Transaction,
  parts: SubmittingParts,
  link: Link,
  kid: string,
  now: Date,
): Promise<Reissued> {
  const pending = await findPending(tx, link.id, kid);
  if (pending.length === 0) return { count: 0, dropped: 0, left: 0, lanes: [] };
  const act = { by: BY, reason: `the key ${kid} is revoked`, now };
  const refused = await withdrawMessages(
    tx,
    parts,
    link,
    pending.map(({ id }) => id),
    act,
  );
  const withdrawn = pending.filter(({ id }) => !refused.has(id));
  const again = withdrawn.flatMap((row) => submissionOf(row, parts, link, now));
  const outcomes = await acceptMessages(
    tx,
    parts,
    again.map(({ submission }) => submission),
    BY,
    now,
  );
  const accepted = outcomes.flatMap((outcome, index) => {
    const replaces = again[index]?.id;
    return 'accepted' in outcome && replaces !== undefined ? [{ ...outcome.accepted, replaces }] : [];
  });
  await keepReplacements(tx, link.id, accepted, now);
  const business = withdrawn.filter(({ type }) => isBusinessType(type));
  return {
    count: accepted.length,
    dropped: business.length - accepted.length,
    left: refused.size,
    lanes: [...new Set(accepted.map(({ subject }) => laneOf(subject, link.lanes)))].map((lane) => ({
      link: link.id,
      lane,
    })),
  };
}

function findPending(tx: Transaction, link: string, kid: string): Promise<PendingRow[]> {
  return tx.query<PendingRow>({
    name: 'keys-pending-of',
    text: `select m.id, m.type, m.txn, m.jws
           from outbox o join message m on m.id = o.id and m.link = o.link and m.direction = 'out'
           where o.link = $1 and m.kid = $2 and m.type <> 'version-void'
           order by o.position limit $3`,
    values: [link, kid, REISSUED_AT_ONCE],
  });
}

/** What the message said, to be read as if a back end had submitted it; nothing of the gateway's own messages. */
function submissionOf(
  { id, type, txn, jws }: PendingRow,
  parts: SubmittingParts,
  link: Link,
  now: Date,
): { id: string; submission: CheckedSubmission }[] {
  if (!isBusinessType(type) || jws === null) return [];
  const { event, toe } = readStoredSet(jws);
  const body = {
    type,
    link: link.id,
    data: event.data,
    ...(txn === null ? {} : { txn }),
    ...(toe === undefined ? {} : { toe: new Date(toe * 1_000).toISOString() }),
  };
  const submission = readSubmission(body, parts, { name: BY }, now);
  return 'code' in submission ? [] : [{ id, submission }];
}

async function keepReplacements(
  tx: Transaction,
  link: string,
  accepted: readonly { id: string; replaces: string }[],
  now: Date,
): Promise<void> {
  if (accepted.length === 0) return;
  await tx.query({
    name: 'keys-keep-replacements',
    text: `insert into replacement (id, link, replaces)
           select u.id, $1, u.replaces from unnest($2::uuid[], $3::uuid[]) as u(id, replaces)`,
    values: [link, accepted.map(({ id }) => id), accepted.map(({ replaces }) => replaces)],
  });
  const entries = accepted.map(({ id, replaces }) => ({
    kind: 'message-reissued',
    message: id,
    link,
    replaces,
    by: BY,
  }));
  await appendEntries(tx, entries, now);
}
