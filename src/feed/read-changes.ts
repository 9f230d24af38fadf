import { readStoredSet } from '../envelope/read-set.ts';
import type { Database } from '../store/database.ts';

export interface ChangeFilter {
  link?: string;
  type?: string;
  limit: number;
}

/** A received message as the partner's readers get it; `data` is what the partner's back end submitted. */
export interface Change {
  number: number;
  id: string;
  link: string;
  type: string;
  subject: string;
  version: number;
  txn: string | null;
  receivedAt: Date;
  data: unknown;
}

/** What the rows of the feed and of their messages hold. */
export interface ChangeRow extends Omit<Change, 'data'> {
  jws: string | null;
}

export interface ChangePage {
  changes: Change[];
  /** Number to go on from. */
  last: number;
  /** The page holds as many as were asked for, so there may be more. */
  full: boolean;
}

/** Changes after a number, in order. An erased message is passed over: nothing of it can be read. */
export async function readChanges(
  database: Database,
  after: number,
  { link, type, limit }: ChangeFilter,
): Promise<ChangePage> {
  const rows = await database.query<ChangeRow>({
    name: 'feed-read-changes',
    text: `with page as materialized (
             select number, link, id from feed
             where number > $1 and ($2::text is null or link = $2) and ($3::text is null or type = $3)
             order by number limit $4
           )
           select p.number, m.id, m.link, m.type, m.subject, m.version, m.txn, m.at as "receivedAt", m.jws
           from page p join message m on m.id = p.id and m.link = p.link and m.direction = 'in'
           order by p.number`,
    values: [after, link ?? null, type ?? null, limit],
  });
  const changes = rows.flatMap(({ jws, ...row }) =>
    jws === null ? [] : [{ ...row, data: readStoredSet(jws).event.data }],
  );
  return { changes, last: rows.at(-1)?.number ?? after, full: rows.length === limit };
}
