import type { Database } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';

export interface PendingMessage {
  position: number;
  id: string;
  subject: string;
  jws: string;
  /** How often the partner failed at it alone. */
  failedAlone: number;
  /** Set aside, and sent because nothing else of the lane can be. */
  aside: boolean;
}

export interface BatchLimits {
  setsMax: number;
  bytesMax: number;
  /** The contract edition that the partner understands: what needs a newer one is held. */
  edition: number;
  /** How far the caller's idea of now is ahead of the database's clock: 0 but in simulations. */
  aheadMs?: number | undefined;
}

/** Bytes that one SET adds to a request beside itself: its member name, quotes, colon, comma. */
const SET_FRAME_BYTES = 44;

/**
 * What a lane sends next, in order. Subjects with an urgent message pending come first, with all their
 * pending messages, and travel alone: a request with an urgent message carries only such subjects.
 *
 * What is stuck (parked, set aside, in need of a newer edition) is left out, and later messages of its subject
 * are held, urgent ones excepted. Where nothing else is left, what was set aside and is due is tried: a message that
 * failed alone by itself, those that the partner only found faulty beside others (a clock that is ahead makes hundreds
 * of them) in one request.
 */
export async function takeBatch(
  database: Database,
  { link, lane }: LaneRef,
  limits: BatchLimits,
): Promise<PendingMessage[]> {
  const rows = await database.query<PendingMessage>({
    name: 'delivery-take-batch',
    text: `with stuck as materialized (
             select subject, position, aside_at, retry_at, parked_at from outbox
             where link = $1 and lane = $2 and (parked_at is not null or aside_at is not null or edition > 1)
               and (parked_at is not null or aside_at is not null or edition > $4)
           ), urgent as materialized (
             select distinct subject from outbox
             where link = $1 and lane = $2 and urgent and position not in (select position from stuck)
           ), batch as materialized (
             select position, id, subject, failed_alone, false as aside from outbox o
             where link = $1 and lane = $2
               and (not exists (select from urgent) or o.subject in (select subject from urgent))
               and position not in (select position from stuck)
               and not exists (
                 select from stuck s where s.subject = o.subject and s.position < o.position and not o.urgent)
             order by position limit $3
           ), due as materialized (
             select o.position, o.id, o.subject, o.failed_alone,
               row_number() over (order by s.aside_at, s.position) as turn
             from stuck s join outbox o on o.link = $1 and o.lane = $2 and o.position = s.position
             where not exists (select from batch) and s.aside_at is not null and s.parked_at is null
               and (s.retry_at is null or s.retry_at <= clock_timestamp() + $5 * interval '1 ms')
               and (o.urgent or not exists (
                 select from stuck e where e.subject = s.subject and e.position < s.position))
           ), last_resort as materialized (
             select position, id, subject, failed_alone, true as aside from due
             where turn = 1 or (failed_alone = 0 and (select failed_alone from due where turn = 1) = 0)
             order by turn limit $3
           ), taken as materialized (
             select * from batch union all select * from last_resort
           ), signed as materialized (
             select id, jws from message
             where id = any (array(select id from taken)) and link = $1 and direction = 'out'
               -- The bounds let the executor skip the partitions of other months.
               and id between (select id from taken order by id limit 1)
                          and (select id from taken order by id desc limit 1)
           )
           select t.position, t.id, t.subject, t.failed_alone as "failedAlone", t.aside, m.jws
           from taken t join signed m on m.id = t.id
           order by t.position`,
    values: [link, lane, limits.setsMax, limits.edition, limits.aheadMs ?? 0],
  });
  return withinBytes(rows, limits.bytesMax);
}

/** The longest beginning of the list that fits; always at least one message. */
function withinBytes(rows: readonly PendingMessage[], bytesMax: number): PendingMessage[] {
  let bytes = 0;
  const fits = rows.findIndex((row, index) => {
    bytes += row.jws.length + SET_FRAME_BYTES;
    return index > 0 && bytes > bytesMax;
  });
  return fits === -1 ? [...rows] : rows.slice(0, fits);
}
