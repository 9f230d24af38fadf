import { appendEntries } from '../audit/append-entries.ts';
import type { Database } from '../store/database.ts';
import { findPlace } from './find-place.ts';
import { type From, STREAMS_MAX, type StreamDefinition } from './stream.ts';

export type Defined = 'created' | 'changed' | 'unchanged' | 'too-many';

/**
 * Makes a stream, or gives it other types or another link. `from` counts for a new one alone: an existing one keeps
 * its place, so that a consumer may define its stream at each start.
 *
 * SETs that were sent and no longer fit are not owed any more.
 */
export function defineStream(
  database: Database,
  name: string,
  { link, types }: StreamDefinition,
  from: From,
  by: string,
  now: Date,
): Promise<Defined> {
  return database.transaction(async (tx) => {
    // Two that make the same one, or the last one that is allowed, come one after the other.
    await tx.query({
      name: 'streams-lock-definitions',
      text: `select pg_advisory_xact_lock(hashtext('mra-streams'))`,
      values: [],
    });
    const [known] = await tx.query<{ same: boolean }>({
      name: 'streams-known',
      text: `select link = $2 and types <@ $3::text[] and types @> $3::text[] as same from stream
             where name = $1 for update`,
      values: [name, link, types],
    });
    if (known?.same) return 'unchanged';
    const entry = { link, types, stream: name, by };
    if (known) {
      await tx.query({
        name: 'streams-change',
        text: `with changed as (update stream set link = $2, types = $3 where name = $1)
               delete from stream_unacked u using feed f
               where u.stream = $1 and f.number = u.number and f.id = u.id
                 and (f.link <> $2 or f.type <> all ($3::text[]))`,
        values: [name, link, types],
      });
      await appendEntries(tx, [{ kind: 'stream-changed', ...entry }], now);
      return 'changed';
    }
    const [{ count } = { count: 0 }] = await tx.query<{ count: number }>({
      name: 'streams-count',
      text: 'select count(*)::integer as count from stream',
      values: [],
    });
    if (count >= STREAMS_MAX) return 'too-many';
    await tx.query({
      name: 'streams-create',
      text: `insert into stream (name, link, types, read_to, created_at, created_by) values ($1, $2, $3, $4, $5, $6)`,
      values: [name, link, types, await findPlace(tx, from), now, by],
    });
    const start = from instanceof Date ? from.toISOString() : from;
    await appendEntries(tx, [{ kind: 'stream-created', ...entry, from: start }], now);
    return 'created';
  });
}

/** @returns whether there was such a stream */
export function dropStream(database: Database, name: string, by: string, now: Date): Promise<boolean> {
  return database.transaction(async (tx) => {
    const gone = await tx.query({
      name: 'streams-drop',
      text: 'delete from stream where name = $1 returning 1',
      values: [name],
    });
    if (gone.length === 0) return false;
    await appendEntries(tx, [{ kind: 'stream-deleted', stream: name, by }], now);
    return true;
  });
}
