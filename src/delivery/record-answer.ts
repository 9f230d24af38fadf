import { type AuditContent, appendEntries } from '../audit/append-entries.ts';
import { restateSubjects } from '../register/restate-subjects.ts';
import { columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';
import { afterAnswer, isTroubled, type LaneHealth } from './lane-health.ts';
import { parkMessages } from './park-messages.ts';
import type { AnsweredRequest } from './read-answer.ts';
import { attemptAnswered, attemptRow, keepHealth } from './record-failure.ts';
import type { SentRequest } from './send-sets.ts';
import { setAsideFaulty, settleAsides } from './settle-asides.ts';
import type { PendingMessage } from './take-batch.ts';

/** The lane and the rules by which its answers are settled. */
export interface Settling {
  /** Who sends in the lane; null where nobody does, because the partner polls. */
  owner: string | null;
  health: LaneHealth;
  /** Refusals are parked: to this partner the code also means that it could not parse. */
  parkRefused: boolean;
  /** When a message that was found faulty beside others is tried again at the earliest, ms from now. */
  retryMs: number;
  /** The request that carried the messages is on record already: a partner that polls answers in a later one. */
  requestKept?: boolean;
}

export interface Settled {
  health: LaneHealth;
  /** Messages that turned out to be poisonous, or were refused by a partner whose refusals are parked. */
  parked: string[];
}

/**
 * Records what the partner answered, in one transaction: the deliveries and refusals leave the outbox, the
 * request is kept, the lane's failures are forgotten, messages set aside are settled, the audit log says so.
 *
 * A crash before the commit leaves the outbox as it was: the next owner sends again and is answered as the
 * first time.
 */
export async function recordAnswered(
  database: Database,
  ref: LaneRef,
  batch: readonly PendingMessage[],
  request: SentRequest,
  answer: AnsweredRequest,
  settling: Settling,
  now: Date,
): Promise<Settled> {
  const positions = new Map(batch.map((m) => [m.id, m.position]));
  const refused = settling.parkRefused ? [] : answer.refused;
  const answered = [
    ...answer.delivered.map((id) => ({ id, outcome: 'delivered', err: null, description: null })),
    ...refused.map((e) => ({ id: e.id, outcome: 'refused', err: e.err, description: e.description })),
  ];
  return database.transaction(async (tx) => {
    await tx.query({
      name: 'delivery-record-answers',
      text: `with answered as (
               select * from unnest($3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[])
                 as u(position, id, outcome, err, description)
             ), done as (
               delete from outbox o using answered a
               where o.link = $1 and o.lane = $2 and o.position = a.position
             )
             insert into delivery (id, link, outcome, err, description, at)
             select id, $1, outcome, err, description, $8 from answered
             on conflict (id, link) do nothing`,
      values: [
        ref.link,
        ref.lane,
        columnArray(answered.map((a) => positions.get(a.id) ?? null)),
        plainTextArray(answered.map((a) => a.id)),
        columnArray(answered.map((a) => a.outcome)),
        columnArray(answered.map((a) => a.err)),
        columnArray(answered.map((a) => a.description)),
        now,
      ],
    });
    const [faulty] = answer.faulty;
    const result = faulty ? 'link-fault' : 'answered';
    const error = faulty ? describe(faulty) : null;
    await tx.query(
      settling.requestKept
        ? attemptAnswered(ref, batch, { result, error, now })
        : attemptRow(ref, batch, request, result, error),
    );
    const settled = await settle(tx, ref, batch, answer, settling, now);
    await keepRefusals(tx, ref.link, refused, now);
    await restateSubjects(
      tx,
      ref.link,
      refused.map((r) => r.id),
      { stands: false, now },
    );
    await appendEntries(tx, [answeredEntry(ref, answer)], now);
    return settled;
  });
}

/** What an answer means for the messages that it did not take, and for the lane. In good times it does nothing. */
async function settle(
  tx: Transaction,
  ref: LaneRef,
  batch: readonly PendingMessage[],
  answer: AnsweredRequest,
  { owner, health, parkRefused, retryMs }: Settling,
  now: Date,
): Promise<Settled> {
  const parked: string[] = [];
  if (parkRefused) {
    const parkings = answer.refused.map(({ id, err, description }) => ({
      id,
      reason: `partner answers ${err}: ${description}`,
    }));
    await parkMessages(tx, ref.link, parkings, now);
    parked.push(...parkings.map((p) => p.id));
  }
  const faulty = answer.halt ? [] : answer.faulty.map((e) => e.id);
  await setAsideFaulty(tx, ref.link, faulty, retryMs, now);
  if (!isTroubled(health) && faulty.length === 0) return { health, parked };
  const missed = new Set([...faulty, ...parked]);
  const taken = batch.filter((m) => !missed.has(m.id));
  const asides =
    health.asides > 0 && taken.length > 0 ? await settleAsides(tx, ref, taken, now) : { parked: [], back: 0 };
  const wereAside = batch.filter((m) => m.aside && !faulty.includes(m.id)).length;
  const next = afterAnswer(health, batch.length, {
    parked: asides.parked.length + wereAside,
    back: asides.back,
  });
  const after = { ...next, asides: next.asides + faulty.length };
  const [first] = answer.faulty;
  await keepHealth(tx, ref, owner, after, first ? { error: describe(first) } : {});
  return { health: after, parked: [...parked, ...asides.parked] };
}

/** What is refused waits for an operator. */
async function keepRefusals(
  tx: Transaction,
  link: string,
  refused: AnsweredRequest['refused'],
  now: Date,
): Promise<void> {
  if (refused.length === 0) return;
  await tx.query({
    name: 'delivery-keep-refusals',
    text: `insert into dead_letter (link, id, err, description, at)
           select $1, *, $5 from unnest($2::uuid[], $3::text[], $4::text[])
           on conflict (link, id) do nothing`,
    values: [
      link,
      refused.map((r) => r.id),
      refused.map((r) => r.err),
      refused.map((r) => r.description),
      now,
    ],
  });
}

/** An error of a check of the link, in words for the operator. */
export function describe(error: { err: string; description: string }): string {
  return `partner refuses the link: ${error.err}${error.description ? ` (${error.description})` : ''}`;
}

/** One entry for one request: which messages the partner answered, and how. */
function answeredEntry(ref: LaneRef, answer: AnsweredRequest): AuditContent {
  return {
    kind: 'request-answered',
    link: ref.link,
    lane: ref.lane,
    delivered: answer.delivered,
    refused: answer.refused.map(({ id, err }) => ({ message: id, err })),
  };
}
