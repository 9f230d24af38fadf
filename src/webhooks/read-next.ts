import { readStoredSet } from '../envelope/read-set.ts';
import type { ChangeRow } from '../feed/read-changes.ts';
import type { Database } from '../store/database.ts';
import { SCAN_MAX } from '../streams/stream.ts';

/** A message as a webhook's consumer gets it. */
export interface Event {
  number: number;
  id: string;
  /** The body of the call: the same bytes at each attempt. */
  body: string;
}

/** Events read at once: calls are made one by one, and a stop or a lost lease forgets the rest. */
const EVENTS_AT_ONCE = 50;

export interface NextEvents {
  events: Event[];
  /** The place behind what was looked at: where none of the events is left, the webhook is there. */
  lookedTo: number;
}

/** What is next for a webhook, in the order of the feed. An erased message is passed over. */
export async function readNext(
  database: Database,
  name: string,
): Promise<(NextEvents & { readTo: number }) | undefined> {
  const [place] = await database.query<{ readTo: number; upTo: number }>({
    name: 'webhooks-place',
    text: `select read_to as "readTo", least(m.feed_number, read_to + $2) as "upTo"
           from webhook, store_meta m where name = $1`,
    values: [name, SCAN_MAX],
  });
  if (!place) return undefined;
  const { readTo, upTo } = place;
  const rows = await database.query<ChangeRow>({
    name: 'webhooks-next-events',
    text: `with w as materialized (
             select link, types from webhook where name = $1
           ), page as materialized (
             select f.number, f.id, f.link from feed f
             where f.number > $2 and f.number <= $3 and f.link = (select link from w)
               and f.type = any (array(select unnest(types) from w))
             order by f.number limit $4
           )
           select p.number, p.id, p.link, m.type, m.subject, m.version, m.txn, m.at as "receivedAt", m.jws
           from page p join message m on m.id = p.id and m.link = p.link and m.direction = 'in'
           order by p.number`,
    values: [name, readTo, upTo, EVENTS_AT_ONCE],
  });
  const events = rows.flatMap(({ jws, ...row }) => (jws === null ? [] : [eventOf(row, jws)]));
  const full = rows.length === EVENTS_AT_ONCE;
  return { readTo, events, lookedTo: full ? (rows.at(-1)?.number ?? upTo) : upTo };
}

/** As Standard Webhooks has it: what happened, when, and the message, with the SET by which the partner's word is proved. */
function eventOf({ number, type, ...message }: Omit<ChangeRow, 'jws'>, jws: string): Event {
  const { id, receivedAt } = message;
  const data = { ...message, data: readStoredSet(jws).event.data, set: jws };
  return { number, id, body: JSON.stringify({ type, timestamp: receivedAt, data }) };
}
