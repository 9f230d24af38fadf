import type { Database } from '../../store/database.ts';

/** What is in quarantine for one error: the first of each message, which its sender was told. */
export interface QuarantineGroup {
  /** Code of the error; null where none was kept. */
  code: string | null;
  count: number;
  subjects: number;
  firstAt: Date;
  lastAt: Date;
}

/** Codes are a closed list; more groups than this are no overview. */
const GROUPS_MAX = 100;

/** The most frequent first. @param link only what came on this one */
export function groupQuarantined(
  database: Pick<Database, 'query'>,
  link: string | undefined,
): Promise<QuarantineGroup[]> {
  return database.query<QuarantineGroup>({
    name: 'quarantine-groups',
    text: `select errors -> 0 ->> 'code' as code, count(*) as count, count(distinct (link, subject)) as subjects,
             min(first_at) as "firstAt", max(last_at) as "lastAt"
           from quarantine where $1::text is null or link = $1
           group by 1 order by 2 desc, 1 limit ${GROUPS_MAX}`,
    values: [link ?? null],
  });
}
