import type { BusinessMessage } from '../contract/messages.ts';
import { isBusinessType, isUrgent } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import { type WithdrawingParts, withdrawMessages } from '../delivery/withdraw-messages.ts';
import { GATEWAY_SUBJECT } from '../envelope/event-types.ts';
import type { VersionVoid } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import { keepVoids } from '../register/keep-voids.ts';
import { kindOf, lockSubjects } from '../register/lock-subjects.ts';
import { restateSubjects } from '../register/restate-subjects.ts';
import { subjectKeyText } from '../register/subject-key.ts';
import type { Transaction } from '../store/database.ts';
import { keepDeadLetters } from './apply-findings.ts';
import type { ReturnedMessage } from './fetch-own-sets.ts';
import { putBack } from './put-back.ts';
import { putVersionsBack } from './put-versions-back.ts';

/** Why pending messages were taken out of their lanes by a recovery; they are accepted again by it. */
export const RECOVERED = 'accepted again by a recovery';

export interface TakenBack {
  putBack: number;
  /** Messages that were pending for these subjects. */
  displaced: number;
}

/**
 * Puts a group of our lost messages back, in the caller's transaction: the messages with the partner's answers, their
 * versions, the cells that follow. What was pending for their subjects leaves its lane, because the partner has seen
 * versions that it did not know of; what bears a version that is no lost message's leaves it to a void.
 *
 * A crash after the commit leaves the displaced ones withdrawn for {@link RECOVERED}, by which the next recovery finds
 * them.
 */
export async function takeBack(
  tx: Transaction,
  parts: WithdrawingParts,
  link: Link,
  group: readonly ReturnedMessage[],
  now: Date,
): Promise<TakenBack> {
  const versioned = group.filter(({ set }) => set.subject !== GATEWAY_SUBJECT);
  const business = versioned.filter(({ set }) => isBusinessType(set.event.type));
  await lockSubjects(
    tx,
    versioned.map(({ set }) => ({
      link: link.id,
      party: parts.party,
      subject: set.subject,
      kind: isBusinessType(set.event.type) ? kindOf(set.event.type) : 'unknown',
    })),
  );
  const displaced = await displacePending(tx, parts, link, versioned, now);
  const missing = await putBack(tx, link.id, group, urgentOf, now);
  await putVersionsBack(tx, parts.party, link.id, versioned);
  await keepVoidsBack(tx, parts.party, link.id, versioned, now);
  const idsOf = (outcome: string) =>
    business.filter(({ held }) => held.outcome === outcome).map(({ set }) => set.jti);
  await keepDeadLetters(tx, link.id, idsOf('refused'), now);
  await restateSubjects(tx, link.id, idsOf('accepted'), { stands: true, now });
  return { putBack: missing.size, displaced };
}

function urgentOf({ set }: ReturnedMessage): boolean {
  const { type, data } = set.event;
  return isBusinessType(type) && isUrgent({ type, data } as BusinessMessage);
}

interface PendingRow {
  id: string;
  subject: string;
  version: number;
  /** The partner has it: it waits to be sent once more, because the partner had asked for it. */
  answered: boolean;
}

/** @returns how many messages left their lanes */
async function displacePending(
  tx: Transaction,
  parts: WithdrawingParts,
  link: Link,
  lost: readonly ReturnedMessage[],
  now: Date,
): Promise<number> {
  const pending = await tx.query<PendingRow>({
    name: 'ledger-pending-of-subjects',
    text: `select o.id, o.subject, m.version,
             exists (select from delivery d where d.id = o.id and d.link = o.link
                     and d.outcome in ('delivered', 'refused')) as answered
           from outbox o
           join message m on m.id = o.id and m.link = o.link and m.direction = 'out'
           where o.link = $1 and o.subject = any ($2::text[]) and m.type <> 'version-void'
           order by o.position for update of o`,
    values: [link.id, [...new Set(lost.map(({ set }) => set.subject))]],
  });
  const taken = new Set(
    lost.map(({ set }) => versionText(parts.party, link, set.subject, set.event.version)),
  );
  const isTaken = (m: PendingRow) => taken.has(versionText(parts.party, link, m.subject, m.version));
  const voided = voidedMessages(lost);
  const clashing = pending.filter((m) => isTaken(m) && !voided.has(m.id)).map((m) => m.id);
  await dropPending(tx, link.id, clashing, now);
  const others = pending.filter((m) => !isTaken(m) && !m.answered).map((m) => m.id);
  const act = { by: RECOVERING, reason: RECOVERED, now };
  const refused = await withdrawMessages(tx, parts, link, others, act);
  const [left] = refused.values();
  if (left !== undefined) throw new Error(`a pending message of ${link.id} cannot be withdrawn: ${left}`);
  return clashing.length + others.length;
}

export const RECOVERING = 'mra link recover';

function versionText(party: Party, link: Link, subject: string, version: number | undefined): string {
  return `${subjectKeyText({ link: link.id, party, subject })} ${version}`;
}

/** Takes messages out of their lanes whose versions are lost messages': no void, for the version is not given up. */
async function dropPending(tx: Transaction, link: string, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await restateSubjects(tx, link, ids, { stands: false, now });
  await tx.query({
    name: 'ledger-drop-pending',
    text: `with dropped as (delete from outbox where link = $1 and id = any ($2::uuid[]) returning id)
           insert into withdrawal (id, link, by, reason, at) select id, $1, $3, $4, $5 from dropped
           on conflict (id, link) do nothing`,
    values: [link, ids, RECOVERING, RECOVERED, now],
  });
}

/** Messages that voids among these speak of. */
function voidedMessages(lost: readonly ReturnedMessage[]): Set<string> {
  return new Set(
    lost.flatMap(({ set }) =>
      set.event.type === 'version-void' ? [(set.event.data as VersionVoid).messageId] : [],
    ),
  );
}

/** Voids of ours that were lost: the message that each speaks of was withdrawn, and is so again. */
async function keepVoidsBack(
  tx: Transaction,
  party: Party,
  link: string,
  lost: readonly ReturnedMessage[],
  now: Date,
): Promise<void> {
  const voids = lost.flatMap(({ set }) => {
    const { type, version, data } = set.event;
    if (type !== 'version-void' || version === undefined) return [];
    const { messageId, reason } = data as VersionVoid;
    return [
      {
        link,
        party,
        subject: set.subject,
        version,
        message: messageId,
        voidMessage: set.jti,
        reason,
        moot: false,
      },
    ];
  });
  if (voids.length === 0) return;
  await keepVoids(tx, voids, now);
  const ids = voids.map((v) => v.message);
  await restateSubjects(tx, link, ids, { stands: false, now });
  await tx.query({
    name: 'ledger-withdraw-voided',
    text: `with voided as (
             select * from unnest($2::uuid[], $3::uuid[], $4::text[]) as u(id, void_message, reason)
           ), dropped as (
             delete from outbox o using voided v where o.link = $1 and o.id = v.id returning o.id
           )
           insert into withdrawal (id, link, by, reason, void_message, at)
           select v.id, $1, $5, v.reason, v.void_message, $6 from voided v join dropped using (id)
           on conflict (id, link) do nothing`,
    values: [link, ids, voids.map((v) => v.voidMessage), voids.map((v) => v.reason), RECOVERING, now],
  });
}
