import { appendEntries } from '../audit/append-entries.ts';
import { CONTROL_LANE, laneOf } from '../delivery/lane-of.ts';
import { GATEWAY_SUBJECT } from '../envelope/event-types.ts';
import type { Link } from '../links/link.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { HeldMessage } from './read-lists.ts';

/** Messages of one transaction, and of one audit entry that names them. */
export const CHUNK = 500;

/**
 * Records answers that were lost on their way: the partner holds the messages, which were unanswered here. What was
 * answered meanwhile stays as it is.
 *
 * @returns how many were recorded
 */
export async function recordLostAnswers(
  database: Database,
  link: string,
  held: readonly HeldMessage[],
): Promise<number> {
  let recorded = 0;
  for (const chunk of chunksOf(held)) {
    recorded += await database.transaction((tx) => recordChunk(tx, link, chunk, new Date()));
  }
  return recorded;
}

async function recordChunk(
  tx: Transaction,
  link: string,
  held: readonly HeldMessage[],
  now: Date,
): Promise<number> {
  const rows = await tx.query<{ id: string; outcome: string }>({
    name: 'ledger-record-answers',
    text: `with held as (
             select * from unnest($2::uuid[], $3::text[], $4::text[]) as u(id, outcome, err)
           ), done as (
             delete from outbox o using held h where o.id = h.id and o.link = $1
           )
           insert into delivery (id, link, outcome, err, at)
           select id, $1, case outcome when 'accepted' then 'delivered' else 'refused' end, err, $5 from held
           on conflict (id, link) do nothing returning id, outcome`,
    values: [link, held.map((h) => h.jti), held.map((h) => h.outcome), held.map((h) => h.err), now],
  });
  if (rows.length === 0) return 0;
  const messages = rows.map(({ id, outcome }) => ({ message: id, outcome }));
  await appendEntries(tx, [{ kind: 'ledger-answers-recorded', link, messages }], now);
  return rows.length;
}

/**
 * Puts messages that the partner answered and no longer holds back into their lanes: the same bytes, refused ones
 * too. Their answers stay on record; the new one changes nothing.
 *
 * @returns how many wait now, and in which lanes
 */
export async function sendAgain(
  database: Database,
  link: Link,
  ids: readonly string[],
): Promise<{ count: number; lanes: Set<string> }> {
  const lanes = new Set<string>();
  let count = 0;
  for (const chunk of chunksOf(ids)) {
    const queued = await database.transaction((tx) => sendChunkAgain(tx, link, chunk, new Date()));
    for (const { lane } of queued) lanes.add(lane);
    count += queued.length;
  }
  return { count, lanes };
}

interface Lost {
  id: string;
  subject: string;
  urgent: boolean;
}

async function sendChunkAgain(
  tx: Transaction,
  link: Link,
  ids: readonly string[],
  now: Date,
): Promise<{ lane: string }[]> {
  const sorted = ids.toSorted();
  const lost = await tx.query<Lost>({
    name: 'ledger-read-lost',
    text: `select id, subject, urgent from message
           where id = any ($2::uuid[]) and id between $3 and $4 and link = $1 and direction = 'out'
             and jws is not null
           order by version nulls first, id`,
    values: [link.id, ids, sorted[0], sorted.at(-1)],
  });
  const queued = await tx.query<{ id: string; lane: string }>({
    name: 'ledger-send-again',
    text: `insert into outbox (link, lane, id, subject, urgent, at)
           select $1, u.lane, u.id, u.subject, u.urgent, $6
           from unnest($2::text[], $3::uuid[], $4::text[], $5::boolean[]) with ordinality
             as u(lane, id, subject, urgent, place)
           order by u.place
           on conflict (id, link) do nothing returning id, lane`,
    values: [
      link.id,
      lost.map(({ subject }) => (subject === GATEWAY_SUBJECT ? CONTROL_LANE : laneOf(subject, link.lanes))),
      lost.map(({ id }) => id),
      lost.map(({ subject }) => subject),
      lost.map(({ urgent }) => urgent),
      now,
    ],
  });
  if (queued.length === 0) return [];
  const messages = queued.map(({ id }) => id);
  await appendEntries(tx, [{ kind: 'ledger-sent-again', link: link.id, messages }], now);
  return queued;
}

export function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}
