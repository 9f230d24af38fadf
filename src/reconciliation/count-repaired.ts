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
