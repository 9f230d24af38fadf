import type { Database } from '../../store/database.ts';

/** The worse of the latest comparisons of a link's two registers. */
export interface LastReconciliation {
  link: string;
  at: Date;
  outcome: string;
  /** Buckets of records that differed, or records that could not be settled. */
  differences: number;
}

export async function readLastReconciliations(
  database: Pick<Database, 'query'>,
): Promise<Map<string, LastReconciliation>> {
  const rows = await database.query<LastReconciliation>({
    name: 'operations-last-reconciliations',
    text: `select distinct on (link) link, ended_at as at, outcome,
             coalesce((findings ->> 'differingBuckets')::bigint, 0)
               + coalesce(json_array_length(findings -> 'unknown'), 0) as differences
           from (select distinct on (link, register) link, ended_at, outcome, findings from reconciliation
                 where ended_at is not null order by link, register, started_at desc) r
           order by link, outcome in ('equal', 'repaired'), ended_at`,
    values: [],
  });
  return new Map(rows.map((row) => [row.link, row]));
}
