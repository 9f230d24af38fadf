import type { Database } from '../store/database.ts';
import type { Stream } from './stream.ts';

/** Every stream, or those of a link, or one, with how far its consumer is. There are at most a hundred. */
export function listStreams(
  database: Database,
  { name, link }: { name?: string | undefined; link?: string | undefined } = {},
): Promise<Stream[]> {
  return database.query<Stream>({
    name: 'streams-list',
    text: `select s.name, s.link, s.types, s.created_at as "createdAt", s.created_by as "createdBy",
             s.polled_at as "polledAt", s.errors,
             (select count(*)::integer from stream_unacked u where u.stream = s.name) as unacknowledged,
             (select feed_number from store_meta) - s.read_to as behind,
             (select m.at from message m where m.id = owed.id and m.link = s.link and m.direction = 'in')
               as "oldestOwedAt"
           from stream s left join lateral (
             select id from (
               (select number, id from stream_unacked u where u.stream = s.name order by number limit 1)
               union all
               (select number, id from feed f where f.number > s.read_to and f.link = s.link
                  and f.type = any (s.types) order by number limit 1)) first_of_each
             order by number limit 1) owed on true
           where ($1::text is null or s.name = $1) and ($2::text is null or s.link = $2)
           order by s.name`,
    values: [name ?? null, link ?? null],
  });
}

export interface StreamError {
  message: string;
  err: string;
  description: string;
  by: string;
  at: Date;
}

/** What consumers of a stream could not process, latest first. */
export function listStreamErrors(database: Database, name: string, limit: number): Promise<StreamError[]> {
  return database.query<StreamError>({
    name: 'streams-list-errors',
    text: `select id as message, err, description, by, at from stream_error
           where stream = $1 order by at desc, id desc limit $2`,
    values: [name, limit],
  });
}
