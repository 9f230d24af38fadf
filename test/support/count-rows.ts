import type { TestDatabase } from './postgres.ts';

/** What a gateway writes by the clock, whoever asks it for what: alerts, figures of minutes, who does which work. */
const BY_THE_CLOCK = [
  'alert',
  'alert_notice',
  'alert_watch',
  'link_watch',
  'traffic_counted',
  'traffic_minute',
  'traffic_total',
  'worker',
];

/** Rows of every table but those, the parts of a partitioned one together. */
export async function countRows({ sql }: TestDatabase): Promise<Record<string, number>> {
  const tables = await sql<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname <> all ($1::text[]) order by 1`,
    [BY_THE_CLOCK],
  );
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`);
  const rows = await sql<{ name: string; rows: number }>(counts.join(' union all '));
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}
