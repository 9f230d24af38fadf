import { editionOf } from '../delivery/drain-lane.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { attemptRow } from '../delivery/record-failure.ts';
import { sealBatch } from '../delivery/seal-batch.ts';
import { type PendingMessage, takeBatch } from '../delivery/take-batch.ts';
import { SET_BYTES_MAX } from '../envelope/compact-jws.ts';
import { ExchangeError } from '../http/exchange-errors.ts';
import type { Link } from '../links/link.ts';
import type { PollFigures } from '../operations/figures.ts';
import { plainTextArray } from '../store/array-literal.ts';
import type { Database } from '../store/database.ts';
import { LEASE_MS } from '../turns/lease.ts';

/** What an operator reads of a message that the partner has and did not answer for. */
export const GIVEN = 'given to the poll of the partner, which has not acknowledged it yet';

export interface GivenSets {
  sets: { id: string; jws: string }[];
  moreAvailable: boolean;
}

interface WaitingLane {
  lane: string;
  urgent: boolean;
  partnerEdition: string | null;
}

/**
 * What the partner gets of a poll: of each lane what it would be pushed next, in order, and where something is urgent
 * that alone. What it does not acknowledge is taken again by the next poll, because it still is pending.
 *
 * That they were given is on record before the answer goes out. A crash in between leaves an attempt that never
 * arrived, which is what an attempt is.
 *
 * @throws {ExchangeError} where the link demands encryption and there is no key for it
 */
export async function giveSets(
  { database, figures }: { database: Database; figures?: PollFigures | undefined },
  link: Link,
  setsMax: number,
  now: Date,
): Promise<GivenSets> {
  const waiting = await findWaiting(database, link.id);
  const urgent = waiting.filter((lane) => lane.urgent);
  const lanes = urgent.length > 0 ? urgent : waiting;
  const given: { lane: string; batch: readonly PendingMessage[] }[] = [];
  let moreAvailable = lanes.length < waiting.length;
  let count = 0;
  let bytes = link.batchBytesMax;
  for (const { lane, partnerEdition } of inTurn(lanes)) {
    if (count >= setsMax || (count > 0 && bytes < SET_BYTES_MAX)) {
      moreAvailable = true;
      break;
    }
    const edition = editionOf(partnerEdition);
    const limits = { setsMax: setsMax - count + 1, bytesMax: bytes, edition };
    const taken = await takeBatch(database, { link: link.id, lane }, limits);
    const batch = taken.slice(0, setsMax - count);
    moreAvailable ||= batch.length < taken.length;
    count += batch.length;
    bytes -= batch.reduce((sum, { jws }) => sum + jws.length, 0);
    if (batch.length > 0) given.push({ lane, batch });
  }
  const sealed = await sealBatch(
    link,
    given.flatMap(({ batch }) => batch),
    now,
  );
  if ('fault' in sealed) throw new ExchangeError(503, 'temporarily_unavailable', sealed.fault);
  const again = await keepGiven(database, link.id, given, now);
  for (const lane of again) figures?.polled({ link: link.id, lane }, NOT_ANSWERED);
  return { sets: sealed.map(({ id, jws }) => ({ id, jws })), moreAvailable };
}

/** The gateways' own messages first; the others begin with another lane each time, so that none is always the last. */
function inTurn(lanes: readonly WaitingLane[]): WaitingLane[] {
  const own = lanes.filter(({ lane }) => lane === CONTROL_LANE);
  const others = lanes.filter(({ lane }) => lane !== CONTROL_LANE);
  const first = Math.floor(Math.random() * others.length);
  return [...own, ...others.slice(first), ...others.slice(0, first)];
}

/** Lanes of the link with something to give; none while it is halted. */
export function findWaiting(database: Database, link: string): Promise<WaitingLane[]> {
  return database.query<WaitingLane>({
    name: 'polling-find-waiting',
    text: `select l.lane, s.partner_edition as "partnerEdition",
             exists (select from outbox o where o.link = l.link and o.lane = l.lane and o.urgent
                       and o.parked_at is null and o.aside_at is null and o.edition <= 1) as urgent
           from lane l join link_state s on s.link = l.link
           where l.link = $1 and not l.paused and s.halted_at is null
             and exists (select from outbox o where o.link = l.link and o.lane = l.lane and o.parked_at is null
                           and (o.retry_at is null or o.retry_at <= clock_timestamp()))
           order by l.lane`,
    values: [link],
  });
}

/**
 * The messages are with the partner now: on record as sent, and for a while not to be withdrawn.
 *
 * @returns lanes of which it had some before and never said so: what became of that attempt is unclear for good
 */
async function keepGiven(
  database: Database,
  link: string,
  given: readonly { lane: string; batch: readonly PendingMessage[] }[],
  now: Date,
): Promise<string[]> {
  if (given.length === 0) return [];
  return database.transaction(async (tx) => {
    await tx.query({
      name: 'polling-lanes-under-way',
      text: `update lane set owner = 'poll', lease_until = clock_timestamp() + $3 * interval '1 ms'
             where link = $1 and lane = any ($2::text[])`,
      values: [link, given.map(({ lane }) => lane).toSorted(), LEASE_MS],
    });
    const again = await tx.query<{ lane: string }>({
      name: 'polling-given-again',
      text: `select g.lane from unnest($2::text[]) as g(lane) cross join lateral (
               select result, ids from attempt a where a.link = $1 and a.lane = g.lane
               order by a.started_at desc limit 1) last
             where last.result = 'unclear' and last.ids && $3::uuid[]`,
      values: [
        link,
        given.map(({ lane }) => lane),
        plainTextArray(given.flatMap(({ batch }) => batch.map(({ id }) => id))),
      ],
    });
    for (const { lane, batch } of given) {
      const request = { startedAt: now, ms: 0, status: 200, answer: NOT_ANSWERED };
      await tx.query(attemptRow({ link, lane }, batch, request, 'unclear', GIVEN));
    }
    return again.map(({ lane }) => lane);
  });
}

const NOT_ANSWERED = { kind: 'unclear', cause: 'no-answer', error: GIVEN } as const;
