import { byteaArray, columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import type { Judged } from './incoming.ts';

/** A receipt and the id of the message that it came in. */
interface ReceivedReceipt {
  set: Pick<ReceiptJudged['set'], 'jti'>;
  receipt: ReceiptJudged['receipt'];
}

type ReceiptJudged = Extract<Judged, { kind: 'receipt' }>;

export interface MatchedReceipts {
  /** Messages whose receipt names other bytes, or that were never sent on this link: of those no state changes. */
  mismatched: string[];
  /** Messages that the partner says it refused. */
  refused: string[];
  /** Messages that were refused or withdrawn here, and that the partner says it accepted. */
  acceptedAfterAll: string[];
}

/**
 * Matches receipts with what we sent, by hash: where it is equal the receipt is kept as evidence, and it also
 * counts as the partner's answer if that was lost. What the partner accepted after all is no dead letter any more.
 */
export async function matchReceipts(
  tx: Transaction,
  link: string,
  received: readonly ReceivedReceipt[],
  now: Date,
): Promise<MatchedReceipts> {
  const receipts = received.flatMap(({ set, receipt }) =>
    receipt.receipts.map((r) => ({ ...r, message: set.jti })),
  );
  if (receipts.length === 0) return { mismatched: [], refused: [], acceptedAfterAll: [] };
  const ids = receipts.map((r) => r.jti).sort();
  const rows = await tx.query<{ id: string; what: keyof MatchedReceipts }>({
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
             on conflict (id, link) do update
               set outcome = excluded.outcome, err = null, received_at = excluded.received_at,
                   receipt_message = excluded.receipt_message, at = excluded.at
               where receipt.outcome = 'refused' and excluded.outcome = 'accepted'
           ), answered as (
             insert into delivery (id, link, outcome, err, at)
             select distinct on (id) id, $1, case outcome when 'accepted' then 'delivered' else 'refused' end, err, $10
             from matched
             on conflict (id, link) do update set outcome = 'delivered', err = null, description = null
               where delivery.outcome = 'refused' and excluded.outcome = 'delivered'
           ), done as (
             delete from outbox o using matched m where o.id = m.id and o.link = $1
           ), given_up as (
             delete from dead_letter l using matched m where l.id = m.id and l.link = $1 and m.outcome = 'accepted'
             returning l.id
           ), withdrawn as (
             select w.id from withdrawal w join matched m on m.id = w.id where w.link = $1 and m.outcome = 'accepted'
           ), dead as (
             insert into dead_letter (link, id, err, at)
             select distinct on (id) $1, id, err, $10 from matched m
             where outcome = 'refused'
               and not exists (select from delivery d where d.id = m.id and d.link = $1)
             on conflict (link, id) do nothing
           ), refused_before as (
             select d.id from delivery d join matched m on m.id = d.id
             where d.link = $1 and d.id between $8 and $9 and d.outcome = 'refused' and m.outcome = 'accepted'
           )
           select c.id, 'mismatched' as what from claimed c where not exists (select from matched m where m.id = c.id)
           union all select id, 'refused' from matched where outcome = 'refused'
           union select id, 'acceptedAfterAll'
             from (table given_up union table withdrawn union table refused_before) after_all`,
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
  const of = (what: keyof MatchedReceipts) => rows.filter((row) => row.what === what).map((row) => row.id);
  return { mismatched: of('mismatched'), refused: of('refused'), acceptedAfterAll: of('acceptedAfterAll') };
}
