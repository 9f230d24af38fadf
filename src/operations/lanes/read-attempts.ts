import type { Database } from '../../store/database.ts';

export interface AttemptFilter {
  link?: string;
  lane?: string;
  /** A message that was in the request. */
  message?: string;
  result?: string;
  since?: Date;
  until?: Date;
  limit: number;
  /** Number of the last attempt of the page before. */
  before?: number;
}

/** One request to a partner. */
export interface Attempt {
  number: number;
  link: string;
  lane: string;
  startedAt: Date;
  ms: number;
  /** Null where no answer came. */
  status: number | null;
  result: string;
  /** What the partner said, or why nothing came. */
  error: string | null;
  /** The beginning of the partner's answer, without what may be a secret; null where none came. */
  answer: string | null;
  request: { method: 'POST'; path: '/exchange/sets'; messages: number; ids: string[] };
}

/** A request names up to 500 messages; a list of requests shows the first ones. */
const IDS_SHOWN = 50;

type Row = Omit<Attempt, 'request'> & { messages: number; ids: string[] };

/** Newest first. A message's attempts are those of its lane between its acceptance and the partner's answer. */
export async function readAttempts(
  database: Pick<Database, 'query'>,
  { link, lane, message, result, since, until, limit, before }: AttemptFilter,
): Promise<Attempt[]> {
  const place = message === undefined ? undefined : await findSpan(database, message, link);
  if (message !== undefined && !place) return [];
  const rows = await database.query<Row>({
    name: message === undefined ? 'operations-attempts' : 'operations-attempts-of-message',
    text: `select number, link, lane, started_at as "startedAt", ms, status, result, error, answer,
             cardinality(ids) as messages, ids[1:${IDS_SHOWN}] as ids
           from attempt
           where ($1::text is null or link = $1) and ($2::text is null or lane = $2)
             and ($3::text is null or result = $3)
             and ($4::timestamptz is null or started_at >= $4) and ($5::timestamptz is null or started_at <= $5)
             and ($6::bigint is null or number < $6)
             ${message === undefined ? '' : 'and $8 = any (ids)'}
           order by number desc limit $7`,
    values: [
      place?.link ?? link ?? null,
      lane ?? null,
      result ?? null,
      latest(since, place?.since) ?? null,
      until ?? place?.until ?? null,
      before ?? null,
      limit,
      ...(message === undefined ? [] : [message]),
    ],
  });
  return rows.map(({ messages, ids, ...row }) => ({
    ...row,
    request: { method: 'POST', path: '/exchange/sets', messages, ids },
  }));
}

/** When a message of ours can have been in a request. */
async function findSpan(
  database: Pick<Database, 'query'>,
  message: string,
  link: string | undefined,
): Promise<{ link: string; since: Date; until: Date | null } | undefined> {
  const [row] = await database.query<{ link: string; since: Date; until: Date | null }>({
    name: 'operations-attempt-span',
    text: `select m.link, m.at as since, d.at as until
           from message m left join delivery d on d.id = m.id and d.link = m.link
           where m.id = $1 and m.direction = 'out' and ($2::text is null or m.link = $2)`,
    values: [message, link ?? null],
  });
  return row;
}

function latest(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a > b ? a : b) : (a ?? b);
}
