import type { Database } from '../store/database.ts';

interface KeptRow {
  link: string;
  reason: string;
  startedAt: Date;
  endedAt: Date;
  since: Date;
  until: Date;
  outcome: string;
  findings: string;
}

/** The latest comparisons of a link, newest first, each as it was kept. */
export async function listComparisons(
  database: Pick<Database, 'query'>,
  link: string,
  limit: number,
): Promise<object[]> {
  const rows = await database.query<KeptRow>({
    name: 'ledger-list-comparisons',
    text: `select link, reason, started_at as "startedAt", ended_at as "endedAt", since, until, outcome, findings
           from ledger_comparison where link = $1 order by started_at desc limit $2`,
    values: [link, limit],
  });
  return rows.map(({ findings, ...row }) => ({ ...row, ...(JSON.parse(findings) as object) }));
}
