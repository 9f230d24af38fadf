import type { Database } from '../../store/database.ts';
import { type LaneState, type WaitCode, type Words, whyItWaits } from './why-it-waits.ts';

/** One lane as an operator sees it. */
export interface LaneOverview {
  link: string;
  lane: string;
  pending: number;
  oldestPendingAt: Date | null;
  oldestSeconds: number | null;
  attempts: number;
  nextAttemptAt: Date | null;
  lastError: string | null;
  lastErrorAt: Date | null;
  paused: boolean;
  /** Who paused it, when and why. */
  pausedBy: string | null;
  pausedReason: string | null;
  pausedAt: Date | null;
  owner: string | null;
  /** Messages of it that wait for an operator, those that wait behind them, those that are tried last. */
  parked: number;
  held: number;
  setAside: number;
  /** The size that its batches are cut down to while a poisonous message is searched. */
  batchLimit: number | null;
  state: LaneState;
  why: Words & { code: WaitCode };
}

type LaneRow = Omit<LaneOverview, 'oldestSeconds' | 'state' | 'why'> & { haltedReason: string | null };

/** The outbox is walked once, whatever the number of lanes. */
export async function readLanes(
  database: Pick<Database, 'query'>,
  now: Date,
  link?: string,
): Promise<LaneOverview[]> {
  const rows = await database.query<LaneRow>({
    name: 'operations-lanes',
    text: `with stuck as materialized (
             select link, lane, subject, position, parked_at, aside_at, edition from outbox
             where (parked_at is not null or aside_at is not null or edition > 1) and ($1::text is null or link = $1)
           ), waiting as (
             select link, lane, count(*) as pending, min(at) as oldest from outbox
             where $1::text is null or link = $1 group by link, lane
           ), aside as (
             select s.link, s.lane, count(*) filter (where parked_at is not null) as parked,
               count(*) filter (where aside_at is not null and parked_at is null) as set_aside,
               count(*) filter (where parked_at is null and edition >
                 case when k.partner_edition ~ '^[0-9]{1,9}$' then k.partner_edition::integer end) as too_new
             from stuck s join link_state k using (link) group by s.link, s.lane
           ), behind as (
             select o.link, o.lane, count(*) as held
             from (select link, lane, subject, min(position) as position from stuck
                   where parked_at is not null group by link, lane, subject) p
             join outbox o on o.link = p.link and o.lane = p.lane and o.subject = p.subject and o.position > p.position
             where not o.urgent and o.parked_at is null group by o.link, o.lane
           )
           select l.link, l.lane, coalesce(w.pending, 0) as pending, w.oldest as "oldestPendingAt", l.attempts,
             case when l.next_attempt_at > $2 then l.next_attempt_at end as "nextAttemptAt",
             l.last_error as "lastError", l.last_error_at as "lastErrorAt", l.paused,
             l.paused_by as "pausedBy", l.paused_reason as "pausedReason", l.paused_at as "pausedAt",
             case when l.lease_until >= clock_timestamp() then l.owner end as owner,
             coalesce(a.parked, 0) as parked, coalesce(a.set_aside, 0) as "setAside",
             coalesce(b.held, 0) + coalesce(a.too_new, 0) as held, l.batch_limit as "batchLimit",
             case when s.halted_at is not null then coalesce(s.halted_reason, '') end as "haltedReason"
           from lane l
           left join link_state s using (link)
           left join waiting w using (link, lane)
           left join aside a using (link, lane)
           left join behind b using (link, lane)
           where $1::text is null or l.link = $1
           order by l.link, length(l.lane), l.lane`,
    values: [link ?? null, now],
  });
  return rows.map(({ haltedReason, ...row }) => ({
    ...row,
    oldestSeconds: secondsSince(row.oldestPendingAt, now),
    ...whyItWaits({ ...row, haltedReason }, now),
  }));
}

export function secondsSince(at: Date | null, now: Date): number | null {
  return at && Math.max(0, Math.round((now.getTime() - at.getTime()) / 1_000));
}
