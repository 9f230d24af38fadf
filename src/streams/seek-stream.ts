import { appendEntries } from '../audit/append-entries.ts';
import type { Database } from '../store/database.ts';
import { findPlace } from './find-place.ts';
import type { From } from './stream.ts';

/**
 * Moves a stream: it goes on as one that is made now with this `from`. What was sent and not acknowledged is owed
 * again only where it lies behind the new place.
 *
 * @returns whether there is such a stream
 */
export function seekStream(
  database: Database,
  name: string,
  to: From,
  by: string,
  now: Date,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const [known] = await tx.query({
      name: 'streams-lock',
      text: 'select 1 from stream where name = $1 for update',
      values: [name],
    });
    if (!known) return false;
    await tx.query({
      name: 'streams-seek',
      text: `with moved as (update stream set read_to = $2 where name = $1)
             delete from stream_unacked where stream = $1`,
      values: [name, await findPlace(tx, to)],
    });
    const place = to instanceof Date ? to.toISOString() : to;
    await appendEntries(tx, [{ kind: 'stream-sought', stream: name, to: place, by }], now);
    return true;
  });
}
