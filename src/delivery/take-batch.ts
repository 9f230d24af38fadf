import type { Database } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';

export interface PendingMessage {
  position: number;
  id: string;
  jws: string;
}

export interface BatchLimits {
  setsMax: number;
  bytesMax: number;
}

/** Bytes that one SET adds to a request beside itself: its member name, quotes, colon, comma. */
const SET_FRAME_BYTES = 44;

/**
 * What a lane sends next, in order. Subjects with an urgent message pending come first, with all their
 * pending messages, and travel alone: a request with an urgent message carries only such subjects.
 */
export async function takeBatch(
  database: Database,
  { link, lane }: LaneRef,
  limits: BatchLimits,
): Promise<PendingMessage[]> {
  const rows = await database.query<PendingMessage>({
    name: 'delivery-take-batch',
    text: `with urgent as materialized (
             select distinct subject from outbox where link = $1 and lane = $2 and urgent
           ), batch as materialized (
             select position, id from outbox o
             where link = $1 and lane = $2
               and (not exists (select from urgent) or o.subject in (select subject from urgent))
             order by position limit $3
           )
           select b.position, b.id, m.jws
           from batch b join message m on m.id = b.id and m.link = $1 and m.direction = 'out'
             -- The bounds let the executor skip the partitions of other months.
             and m.id between (select id from batch order by id limit 1)
                          and (select id from batch order by id desc limit 1)
           order by b.position`,
    values: [link, lane, limits.setsMax],
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
