import { appendEntries } from '../audit/append-entries.ts';
import { columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Database, Transaction } from '../store/database.ts';
import { ERRORS_KEPT, SCAN_MAX, SETS_BYTES_MAX } from './stream.ts';

/** A SET that the consumer could not process (RFC 8936, 2.2: `setErrs`). */
export interface ReportedError {
  id: string;
  err: string;
  description: string;
}

export interface PollRequest {
  setsMax: number;
  ack: readonly string[];
  setErrs: readonly ReportedError[];
}

export interface PolledSets {
  /** In the order of the feed. */
  sets: { id: string; jws: string }[];
  moreAvailable: boolean;
}

/**
 * One poll of a stream: settles what the consumer answers for, then gives what is owed, in the order of the feed, oldest
 * first. What was given and not acknowledged is given again before anything new, so that at most one page is open.
 *
 * Polls of one stream come one after the other by the lock of its row. A crash after the commit and before the answer
 * leaves the page open: the next poll gets it again. Acknowledging what is not open (any more) does nothing.
 *
 * @param by name of the consumer's token
 * @returns undefined where there is no such stream
 */
export function pollStream(
  database: Database,
  name: string,
  request: PollRequest,
  by: string,
  now: Date,
): Promise<PolledSets | undefined> {
  return database.transaction(async (tx) => {
    const [stream] = await tx.query<{ link: string }>({
      name: 'streams-polled',
      text: 'update stream set polled_at = $2 where name = $1 returning link',
      values: [name, now],
    });
    if (!stream) return undefined;
    await settle(tx, name, request.ack);
    await keepErrors(tx, name, request.setErrs, by, now);
    if (request.setsMax === 0) return { sets: [], moreAvailable: await hasNews(tx, name) };
    const caughtUp = await refill(tx, name, request.setsMax);
    const open = await readOpen(tx, name, stream.link, request.setsMax);
    return { sets: open.sets, moreAvailable: open.more || !caughtUp };
  });
}

async function settle(tx: Transaction, name: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'streams-settle',
    text: 'delete from stream_unacked where stream = $1 and id = any ($2::uuid[])',
    values: [name, plainTextArray(ids)],
  });
}

/** A SET that the consumer reports is settled as well; what was wrong is kept for an operator, and audited. */
async function keepErrors(
  tx: Transaction,
  name: string,
  errors: readonly ReportedError[],
  by: string,
  now: Date,
): Promise<void> {
  if (errors.length === 0) return;
  const kept = await tx.query<{ id: string; err: string }>({
    name: 'streams-keep-errors',
    text: `with reported as (
             select * from unnest($2::uuid[], $3::text[], $4::text[]) as u(id, err, description)
           ), settled as (
             delete from stream_unacked u using reported r where u.stream = $1 and u.id = r.id returning r.*
           ), counted as (
             update stream set errors = errors + (select count(*) from settled) where name = $1
           )
           insert into stream_error (stream, id, err, description, by, at)
           select $1, id, err, description, $5, $6 from settled
           on conflict (stream, id) do update
             set err = excluded.err, description = excluded.description, by = excluded.by, at = excluded.at
           returning id, err`,
    values: [
      name,
      plainTextArray(errors.map((e) => e.id)),
      columnArray(errors.map((e) => e.err)),
      columnArray(errors.map((e) => e.description)),
      by,
      now,
    ],
  });
  if (kept.length === 0) return;
  await tx.query({
    name: 'streams-forget-errors',
    text: `delete from stream_error where stream = $1 and id in (
             select id from stream_error where stream = $1 order by at desc, id desc offset $2)`,
    values: [name, ERRORS_KEPT],
  });
  const refused = kept.map(({ id, err }) => ({ message: id, err }));
  await appendEntries(tx, [{ kind: 'stream-errors-reported', stream: name, by, refused }], now);
}

/**
 * Takes from the feed what is missing for a page. Head and changes are of one snapshot and the head only counts
 * committed changes, so none that commits late is passed over.
 *
 * @returns whether the stream has looked at everything there is
 */
async function refill(tx: Transaction, name: string, setsMax: number): Promise<boolean> {
  const [row] = await tx.query<{ caughtUp: boolean }>({
    name: 'streams-refill',
    text: `with s as materialized (
             select s.link, s.types, s.read_to, m.feed_number as head,
               greatest(0, $2 - (select count(*) from stream_unacked u where u.stream = $1)) as room
             from stream s, store_meta m where s.name = $1
           ), fresh as materialized (
             select f.number, f.id, row_number() over (order by f.number) as place from feed f
             where f.number > (select read_to from s) and f.number <= (select least(head, read_to + $3) from s)
               and f.link = (select link from s) and f.type = any (array(select unnest(types) from s))
             -- One more than there is room for, to know whether there is more.
             order by f.number limit (select room + 1 from s)
           ), taken as (
             insert into stream_unacked (stream, number, id)
             select $1, number, id from fresh where place <= (select room from s)
           ), went as (
             select case when (select count(*) from fresh) <= room then least(head, read_to + $3)
                         else coalesce((select max(number) from fresh where place <= room), read_to) end as read_to,
               (select count(*) from fresh) <= room and read_to + $3 >= head as caught_up
             from s
           ), moved as (
             update stream set read_to = went.read_to from went
             where name = $1 and stream.read_to <> went.read_to
           )
           select caught_up as "caughtUp" from went`,
    values: [name, setsMax, SCAN_MAX],
  });
  return row?.caughtUp ?? true;
}

/** The page that is open. What was erased, or given up with its month, is not owed any more. */
async function readOpen(
  tx: Transaction,
  name: string,
  link: string,
  setsMax: number,
): Promise<{ sets: PolledSets['sets']; more: boolean }> {
  const rows = await tx.query<{ number: number; id: string; jws: string | null; bytes: number }>({
    name: 'streams-open-page',
    text: `with page as materialized (
             select number, id from stream_unacked where stream = $1 order by number limit $3
           )
           select p.number, p.id, m.jws,
             (sum(coalesce(octet_length(m.jws), 0)) over (order by p.number))::float8 as bytes
           from page p
           left join lateral (
             select jws from message where id = p.id and link = $2 and direction = 'in') m on true
           order by p.number`,
    values: [name, link, setsMax + 1],
  });
  const gone = rows.filter((row) => row.jws === null).map((row) => row.id);
  await settle(tx, name, gone);
  const owed = rows.flatMap(({ id, jws, bytes }) => (jws === null ? [] : [{ id, jws, bytes }]));
  const fits = owed.filter(({ bytes }, index) => index === 0 || bytes <= SETS_BYTES_MAX).slice(0, setsMax);
  return { sets: fits.map(({ id, jws }) => ({ id, jws })), more: owed.length > fits.length };
}

/** Whether a poll would find something; it takes no lock and writes nothing. */
export async function hasNews(store: Pick<Database, 'query'>, name: string): Promise<boolean> {
  const [row] = await store.query<{ news: boolean }>({
    name: 'streams-has-news',
    text: `select exists (select from stream_unacked u where u.stream = s.name)
             or exists (select from feed f where f.number > s.read_to and f.link = s.link
                          and f.type = any (s.types) limit 1)
             or s.read_to + $2 < (select feed_number from store_meta) as news
           from stream s where s.name = $1`,
    values: [name, SCAN_MAX / 2],
  });
  // A stream that was deleted meanwhile is found missing by the poll.
  return row?.news ?? true;
}
