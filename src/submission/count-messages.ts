import type { Database } from '../store/database.ts';
import {
  askedBy,
  type Condition,
  conditionsOf,
  followed,
  type MessageFilter,
  whereOf,
} from './list-messages.ts';

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

/** Of what no index knows, so many of the newest are looked at: 50 ms or so. */
const NEWEST_MAX = 50_000;

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
  const fitting = lookedAt(
    conditions.filter((condition) => !condition.derived),
    values,
    max,
  );
  const stated =
    derived.length === 0 ? 'looked' : `(select * from (${followed('looked')}) m ${whereOf(derived, values)})`;
  const [row] = await database.query<{ count: number; more: boolean; enterprises: number }>({
    name: `submission-count-messages-${askedBy(conditions)}`,
    text: `with ${fitting}
           select coalesce(sum(n), 0)::bigint as count, count(*) filter (where subject <> 'gateway') as enterprises,
             (select count(*) from looked) > $1 or (select count(*) from newest) >= ${NEWEST_MAX} as more
           from (select subject, count(*) as n from ${stated} f group by subject) s`,
    values,
  });
  const { count = 0, more = false, enterprises = 0 } = row ?? {};
  return { count: Math.min(count, max), more, enterprises: Math.min(enterprises, max) };
}

/** The messages that are looked at, as `looked`; `newest` are those among which they were searched without an index. */
function lookedAt(own: readonly Condition[], values: unknown[], max: number): string {
  values.push(max);
  const span = own.filter(({ name }) => name === 'since' || name === 'until');
  const broad = own.filter((condition) => condition.broad);
  const all = '(select *, at as "acceptedAt" from message) m';
  if (broad.length === 0 || broad.length + span.length < own.length) {
    return `newest as (select 1 limit 0), looked as materialized (
             select ${NEEDED} from ${all} ${whereOf(own, values)} order by id desc limit $1 + 1)`;
  }
  return `newest as materialized (
            select ${NEEDED} from ${all} ${whereOf(span, values)} order by id desc limit ${NEWEST_MAX}),
          looked as materialized (select * from newest ${whereOf(broad, values)} limit $1 + 1)`;
}
