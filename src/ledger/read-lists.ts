import type { Database } from '../store/database.ts';

/** One message as the receiver holds it. */
export interface HeldMessage {
  jti: string;
  /** SHA-256 of the compact JWS; kept when the message is erased. */
  sha256: Buffer;
  outcome: 'accepted' | 'refused';
  /** RFC 8935 error code of a refused one. */
  err: string | null;
}

/** Messages in one answer: below 700 kB of JSON. */
export const LIST_MAX = 5_000;

/**
 * The partner's messages that we hold with an id in a range, by id: a page, and up to two more that show whether
 * there is another one.
 *
 * @param from the lowest id that is wanted, or the last one of the page before
 * @param below ids reach up to this one, not included
 */
export function listHeld(
  database: Pick<Database, 'query'>,
  link: string,
  from: string,
  below: string,
): Promise<HeldMessage[]> {
  return database.query<HeldMessage>({
    name: 'ledger-list-held',
    text: `select id as jti, sha256, outcome, refusal ->> 'err' as err from message
           where id >= $2 and id < $3 and link = $1 and direction = 'in' order by id limit $4`,
    values: [link, from, below, LIST_MAX + 2],
  });
}

/** One message of our own and what has become of it. */
export interface OwnMessage {
  id: string;
  sha256: Buffer;
  /** The partner has answered it. */
  answered: boolean;
  /** It waits in a lane. */
  pending: boolean;
  /** Its bytes are gone. */
  erased: boolean;
}

/**
 * Our own messages with an id in a range, by id.
 *
 * Each table is read once, by its range. A join would let the planner, which expects nothing of what is newer than its
 * statistics, read one range again for each row of another: a square of the messages of the last minutes.
 */
export function listOwn(
  database: Pick<Database, 'query'>,
  link: string,
  from: string,
  below: string,
): Promise<OwnMessage[]> {
  return database.query<OwnMessage>({
    name: 'ledger-list-own',
    text: `select id, string_agg(sha256, ''::bytea) as sha256, bool_or(answered) as answered,
                  bool_or(pending) as pending, bool_or(erased) as erased
           from (select id, sha256, false as answered, false as pending, jws is null as erased from message
                 where id >= $2 and id < $3 and link = $1 and direction = 'out'
                 union all
                 select id, null, true, false, false from delivery
                 where id >= $2 and id < $3 and link = $1 and outcome in ('delivered', 'refused')
                 union all
                 select id, null, false, true, false from outbox where id >= $2 and id < $3 and link = $1) known
           group by id having count(sha256) > 0 order by id`,
    values: [link, from, below],
  });
}

/** Which of these ids are messages of our own. */
export async function knownAmong(
  database: Pick<Database, 'query'>,
  link: string,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const sorted = ids.toSorted();
  const rows = await database.query<{ id: string }>({
    name: 'ledger-known-among',
    text: `select id from message
           where id = any ($2::uuid[]) and id between $3 and $4 and link = $1 and direction = 'out'`,
    values: [link, ids, sorted[0], sorted.at(-1)],
  });
  return new Set(rows.map((row) => row.id));
}

export interface HeldSet {
  jti: string;
  /** Null where it was erased. */
  jws: string | null;
}

/** The bytes of the partner's messages, as received. */
export function readHeldSets(
  database: Pick<Database, 'query'>,
  link: string,
  ids: readonly string[],
): Promise<HeldSet[]> {
  const sorted = ids.toSorted();
  return database.query<HeldSet>({
    name: 'ledger-held-sets',
    text: `select id as jti, jws from message
           where id = any ($2::uuid[]) and id between $3 and $4 and link = $1 and direction = 'in' order by id`,
    values: [link, ids, sorted[0], sorted.at(-1)],
  });
}
