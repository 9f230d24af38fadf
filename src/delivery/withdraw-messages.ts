import { appendEntries } from '../audit/append-entries.ts';
import type { Party } from '../contract/party.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import { restateSubjects } from '../register/restate-subjects.ts';
import type { Transaction } from '../store/database.ts';
import { oweReceiptsAgain } from './owe-receipts-again.ts';
import { sendVoids } from './send-void.ts';

export interface WithdrawingParts {
  party: Party;
  issuer: string;
  keyRing: KeyRing;
}

export interface Act {
  /** Who does it, for the audit log. */
  by: string;
  reason?: string | undefined;
  now: Date;
}

/**
 * Why a message is not withdrawn: there is none of ours with this id on the link; the partner has answered it, or
 * it was withdrawn; a request with it is under way or about to be; it is a void, which cannot be taken back.
 */
export type NotWithdrawn = 'unknown' | 'answered' | 'under-way' | 'is-void';

interface PendingRow {
  id: string;
  subject: string;
  version: number | null;
  type: string;
  jws: string | null;
  underWay: boolean;
}

/** What a partner reads of the reason: one line that its schema allows. */
const PUBLIC_REASON = 'withdrawn before it was delivered';

/**
 * Takes back messages that the partner has not answered, in the caller's transaction. Each version is left to a signed
 * version-void, the cells in our own register fall back to the greatest version that stands. The partner may hold
 * the message all the same, if an answer was lost: then its receipt puts the cells back.
 *
 * A message is under way while its lane is being drained, unless it is parked. The row of the lane stays locked until
 * the commit, so that no drain takes the message meanwhile.
 *
 * @returns ids that were not withdrawn, and why
 */
export async function withdrawMessages(
  tx: Transaction,
  parts: WithdrawingParts,
  link: Link,
  ids: readonly string[],
  { by, reason, now }: Act,
): Promise<Map<string, NotWithdrawn>> {
  const pending = await lockPending(tx, link.id, ids);
  const refused = await explainMissing(tx, link.id, ids, pending);
  const taken = pending.filter(({ id, type, underWay }) => {
    const why: NotWithdrawn | undefined = underWay
      ? 'under-way'
      : type === 'version-void'
        ? 'is-void'
        : undefined;
    if (why) refused.set(id, why);
    return why === undefined;
  });
  if (taken.length === 0) return refused;
  await tx.query({
    name: 'delivery-withdraw',
    text: 'delete from outbox where link = $1 and id = any ($2::uuid[])',
    values: [link.id, taken.map((m) => m.id)],
  });
  await restateSubjects(
    tx,
    link.id,
    taken.map((m) => m.id),
    { stands: false, now },
  );
  const voids = await sendVoids(
    tx,
    parts,
    link,
    taken.flatMap(({ id, subject, version }) =>
      version === null
        ? []
        : [{ link: link.id, party: parts.party, subject, version, message: id, reason: PUBLIC_REASON }],
    ),
    now,
  );
  await oweReceiptsAgain(tx, link.id, taken, now);
  await keepWithdrawals(tx, link.id, taken, voids, { by, reason, now });
  return refused;
}

function lockPending(tx: Transaction, link: string, ids: readonly string[]): Promise<PendingRow[]> {
  return tx.query<PendingRow>({
    name: 'delivery-lock-pending',
    text: `select o.id, o.subject, m.version, m.type, m.jws,
             o.parked_at is null and l.owner is not null and l.lease_until >= clock_timestamp() as "underWay"
           from outbox o
           join lane l on l.link = o.link and l.lane = o.lane
           join message m on m.id = o.id and m.link = o.link and m.direction = 'out'
           where o.link = $1 and o.id = any ($2::uuid[])
           order by l.lane, o.position
           for update of l, o`,
    values: [link, ids],
  });
}

/** Of ids that are not pending: does the message exist at all? */
async function explainMissing(
  tx: Transaction,
  link: string,
  ids: readonly string[],
  pending: readonly PendingRow[],
): Promise<Map<string, NotWithdrawn>> {
  const held = new Set(pending.map((m) => m.id));
  const missing = ids.filter((id) => !held.has(id));
  if (missing.length === 0) return new Map();
  const known = await tx.query<{ id: string }>({
    name: 'delivery-known-messages',
    text: `select id from message where id = any ($2::uuid[]) and link = $1 and direction = 'out'`,
    values: [link, missing],
  });
  const ours = new Set(known.map((m) => m.id));
  return new Map(missing.map((id) => [id, ours.has(id) ? 'answered' : 'unknown']));
}

async function keepWithdrawals(
  tx: Transaction,
  link: string,
  taken: readonly PendingRow[],
  voids: ReadonlyMap<string, string>,
  { by, reason, now }: Act,
): Promise<void> {
  await tx.query({
    name: 'delivery-keep-withdrawals',
    text: `insert into withdrawal (id, link, by, reason, void_message, at)
           select u.id, $1, $4, $5, u.void_message, $6 from unnest($2::uuid[], $3::uuid[]) as u(id, void_message)`,
    values: [
      link,
      taken.map((m) => m.id),
      taken.map((m) => voids.get(m.id) ?? null),
      by,
      reason?.slice(0, 500) ?? null,
      now,
    ],
  });
  const entries = taken.map(({ id, type, subject, version }) => ({
    kind: 'message-withdrawn',
    message: id,
    link,
    type,
    subject,
    ...(version === null ? {} : { version, void: voids.get(id) }),
    by,
    ...(reason === undefined ? {} : { reason }),
  }));
  await appendEntries(tx, entries, now);
}
