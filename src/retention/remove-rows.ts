import type { Database } from '../store/database.ts';
import type { RetentionRule } from './rules.ts';

/** Rows of one statement: some tens of milliseconds, so that nobody waits for it. */
const ROWS_PER_STATEMENT = 10_000;

/** How many rows a rule would remove now. */
export async function countRows(database: Database, rule: RetentionRule, now: Date): Promise<number> {
  const [row] = await database.query<{ count: number }>({
    name: `retention-count-${rule.table}`,
    text: `select count(*)::int as count from ${rule.table} where ${condition(rule)}`,
    values: valuesOf(rule, now),
  });
  return row?.count ?? 0;
}

/** Removes them, a few at a time. A crash leaves some, which the next run removes. @returns how many */
export async function removeRows(database: Database, rule: RetentionRule, now: Date): Promise<number> {
  let removed = 0;
  for (;;) {
    const rows = await database.query({
      name: `retention-remove-${rule.table}`,
      text: `delete from ${rule.table} where ctid = any (array(
               select ctid from ${rule.table} where ${condition(rule)} limit ${ROWS_PER_STATEMENT}))
             returning 1`,
      values: valuesOf(rule, now),
    });
    removed += rows.length;
    if (rows.length < ROWS_PER_STATEMENT) return removed;
  }
}

function condition({ column, link }: RetentionRule): string {
  return link === undefined ? `${column} < $1` : `${column} < $1 and link = $2`;
}

function valuesOf({ keptMs, link }: RetentionRule, now: Date): unknown[] {
  const before = new Date(now.getTime() - keptMs);
  return link === undefined ? [before] : [before, link];
}
