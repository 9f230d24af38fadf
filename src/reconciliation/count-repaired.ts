import type { Transaction } from '../store/database.ts';
import { lowestId } from '../store/partitions.ts';
import { type Run, repairTxn } from './reconciliation.ts';

/** How many enterprises the partner has stated again because of the digest that the run compared last. */
export async function countRepaired(
  tx: Pick<Transaction, 'query'>,
  { link, digest, until }: Pick<Run, 'link' | 'digest' | 'until'>,
): Promise<number> {
  if (digest === null || until === null) return 0;
  const [row] = await tx.query<{ count: number }>({
    name: 'reconciliation-count-repaired',
    text: `select count(distinct subject)::integer as count from message
           where link = $1 and direction = 'in' and id >= $2 and type = 'enterprise-status' and txn = $3`,
    values: [link, lowestId(until), repairTxn(digest)],
  });
  return row?.count ?? 0;
}

/** Which enterprises the partner has stated again since a run began. */
export async function readRestated(
  database: Pick<Transaction, 'query'>,
  { link, startedAt }: Pick<Run, 'link' | 'startedAt'>,
): Promise<Set<string>> {
  const rows = await database.query<{ subject: string }>({
    name: 'reconciliation-restated',
    text: `select distinct subject from message
           where link = $1 and direction = 'in' and id >= $2 and type = 'enterprise-status' and txn like $3`,
    values: [link, lowestId(startedAt), `${repairTxn('')}%`],
  });
  return new Set(rows.map((row) => row.subject));
}
