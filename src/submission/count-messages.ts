import type { Database } from '../store/database.ts';
import { askedBy, conditionsOf, followed, type MessageFilter, whereOf } from './list-messages.ts';

/** A page's count: what it costs stays far below what the rows do, whatever is asked for. */
export const COUNTED_USUAL = 10_000;
/** The most that is counted for who waits for it. */
export const COUNTED_MAX = 100_000;

export interface MessageCount {
  count: number;
  /** There may be more than were counted. */
  more: boolean;
  /** Subjects among those that were counted. */
  enterprises: number;
}

/** What states are derived of; the bytes of messages are left where they are. */
const NEEDED = 'id, link, direction, type, subject, version, urgent, txn, at, warnings, outcome, refusal';

/**
 * How many messages fit. Looks at so many of the newest that the conditions on messages themselves leave: their states
 * are derived of eight tables each, and of a million that takes seconds.
 *
 * @throws NameTooShort
 */
export async function countMessages(
  database: Pick<Database, 'query'>,
  { after: _after, ...filter }: MessageFilter,
  max = COUNTED_USUAL,
): Promise<MessageCount> {
  const conditions = conditionsOf(filter);
  const derived = conditions.filter((condition) => condition.derived);
  const values: unknown[] = [];
  const own = whereOf(
    conditions.filter((condition) => !condition.derived),
    values,
  );
  const limit = `$${values.push(max + 1)}`;
  const fitting =
    derived.length === 0 ? 'looked' : `(select * from (${followed('looked')}) m ${whereOf(derived, values)})`;
  const [row] = await database.query<{ count: number; looked: number; enterprises: number }>({
    name: `submission-count-messages-${askedBy(conditions)}`,
    text: `with looked as materialized (
             select ${derived.length === 0 ? 'subject' : NEEDED} from (select *, at as "acceptedAt" from message) m ${own} order by id desc limit ${limit})
           select coalesce(sum(n), 0)::bigint as count, count(*) filter (where subject <> 'gateway') as enterprises,
             (select count(*) from looked) as looked
           from (select subject, count(*) as n from ${fitting} f group by subject) s`,
    values,
  });
  const { count = 0, looked: lookedAt = 0, enterprises = 0 } = row ?? {};
  return { count: Math.min(count, max), more: lookedAt > max, enterprises: Math.min(enterprises, max) };
}
