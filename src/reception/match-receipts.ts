import { byteaArray, columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import type { Judged } from './incoming.ts';

type ReceivedReceipt = Extract<Judged, { kind: 'receipt' }>;

/**
 * Matches receipts with what we sent, by hash: where it is equal the receipt is kept as evidence, and it also
 * counts as the partner's answer if that was lost.
 *
 * @returns ids of messages whose receipt names other bytes, or that were never sent on this link; of those no
 *   state changes
 */
export async function matchReceipts(
  tx: Transaction,
  link: string,
  received: readonly ReceivedReceipt[],
  now: Date,
): Promise<string[]> {
  const receipts = received.flatMap(({ set, receipt }) =>
    receipt.receipts.map((r) => ({ ...r, message: set.jti })),
  );
  if (receipts.length === 0) return [];
  const ids = receipts.map((r) => r.jti).sort();
  const rows = await tx.query<{ id: string }>({
    name: 'reception-match-receipts',
    text: `with claimed as (
             select * from unnest($2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::timestamptz[], $7::uuid[])
               as u(id, sha256, outcome, err, received_at, receipt_message)
           ), sent as materialized (
             -- The bounds let the planner skip the partitions of other months.
             select id, sha256 from message
             where id = any ($2::uuid[]) and id between $8 and $9 and link = $1 and direction = 'out'
           ), matched as materialized (
             select c.* from claimed c join sent s on s.id = c.id and s.sha256 = c.sha256
           ), kept as (
             insert into receipt (id, link, outcome, err, received_at, receipt_message, at)
             select distinct on (id) id, $1, outcome, err, received_at, receipt_message, $10 from matched
             on conflict (id, link) do nothing
           ), answered as (
             insert into delivery (id, link, outcome, err, at)
             select distinct on (id) id, $1, case outcome when 'accepted' then 'delivered' else 'refused' end, err, $10
             from matched
             on conflict (id, link) do nothing
           ), done as (
             delete from outbox o using matched m where o.id = m.id and o.link = $1
           )
           select c.id from claimed c where not exists (select from matched m where m.id = c.id)`,
    values: [
      link,
      plainTextArray(receipts.map((r) => r.jti)),
      byteaArray(receipts.map((r) => Buffer.from(r.sha256, 'base64url'))),
      columnArray(receipts.map((r) => r.outcome)),
      columnArray(receipts.map((r) => r.err ?? null)),
      columnArray(receipts.map((r) => r.receivedAt)),
      columnArray(receipts.map((r) => r.message)),
      ids[0],
      ids.at(-1),
      now,
    ],
  });
  return rows.map((row) => row.id);
}
