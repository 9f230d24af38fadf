import type { Party } from '../../contract/party.ts';
import type { Database, Transaction } from '../../store/database.ts';
import { TRAFFIC_OF_MINUTES } from './traffic-statement.ts';

const MINUTE_MS = 60_000;

/**
 * A fact bears the time at which its transaction began its work and is seen when that commits: a statement ends after
 * 30 s and an idle transaction after 8 s, so that a minute is complete when it has been over for so long.
 */
const COMPLETE_AFTER_MS = 60_000;

/** Counted at once: the facts of an hour are a few million at most, and no transaction stays open for long. */
const SPAN_MS = 3_600_000;

/**
 * Counts the minutes that are complete and were not counted yet, at most an hour of them, and notes how much waits now.
 * A crash before the commit leaves them to the next process that comes.
 *
 * @returns whether there is more to count
 */
export function countMinutes(database: Database, party: Party, now: Date): Promise<boolean> {
  return database.transaction(async (tx) => {
    const [counted] = await tx.query<{ until: Date }>({
      name: 'traffic-lock',
      text: 'select until from traffic_counted for update skip locked',
      values: [],
    });
    if (!counted) return false;
    const complete = Math.floor((now.getTime() - COMPLETE_AFTER_MS) / MINUTE_MS) * MINUTE_MS;
    const until = new Date(Math.min(complete, counted.until.getTime() + SPAN_MS));
    if (until <= counted.until) return false;
    await keepMinutes(tx, party, counted.until, until);
    await tx.query({
      name: 'traffic-counted',
      text: 'update traffic_counted set until = $1',
      values: [until],
    });
    const more = until.getTime() < complete;
    if (!more) await noteWaiting(tx, new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS));
    return more;
  });
}

async function keepMinutes(tx: Transaction, party: Party, since: Date, until: Date): Promise<void> {
  await tx.query({
    name: 'traffic-keep-minutes',
    text: `with fresh as materialized (${TRAFFIC_OF_MINUTES}), kept as (
             insert into traffic_minute as t (link, minute, accepted, delivered, refused, receipted, received,
               received_refused, latency_steps, latency_counts)
             select link, minute, accepted, delivered, refused, receipted, received, received_refused, latency_steps,
               latency_counts from fresh
             on conflict (link, minute) do update set
               accepted = excluded.accepted, delivered = excluded.delivered, refused = excluded.refused,
               receipted = excluded.receipted, received = excluded.received,
               received_refused = excluded.received_refused, latency_steps = excluded.latency_steps,
               latency_counts = excluded.latency_counts
           )
           insert into traffic_total as t (link, accepted, delivered, refused, receipted, received, received_refused,
             delivered_at, receipted_at, received_at)
           select link, sum(accepted), sum(delivered), sum(refused), sum(receipted), sum(received),
             sum(received_refused), max(delivered_at), max(receipted_at), max(received_at)
           from fresh group by link
           on conflict (link) do update set
             accepted = t.accepted + excluded.accepted, delivered = t.delivered + excluded.delivered,
             refused = t.refused + excluded.refused, receipted = t.receipted + excluded.receipted,
             received = t.received + excluded.received,
             received_refused = t.received_refused + excluded.received_refused,
             delivered_at = greatest(t.delivered_at, excluded.delivered_at),
             receipted_at = greatest(t.receipted_at, excluded.receipted_at),
             received_at = greatest(t.received_at, excluded.received_at)`,
    values: [since, until, party],
  });
}

async function noteWaiting(tx: Transaction, minute: Date): Promise<void> {
  await tx.query({
    name: 'traffic-note-waiting',
    text: `insert into traffic_minute as t (link, minute, waiting)
           select s.link, $1, (select count(*) from outbox o where o.link = s.link and o.lane <> 'control')
           from link_state s
           on conflict (link, minute) do update set waiting = excluded.waiting`,
    values: [minute],
  });
}
