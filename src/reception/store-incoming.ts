import type { Issue } from '../contract/issue.ts';
import type { VerifiedSet } from '../envelope/verify-set.ts';
import { byteaArray, columnArray, jsonTextArray, plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import { refusalOf } from './incoming.ts';

/** One verified message to be stored, whatever became of it. */
export interface IncomingRow {
  set: VerifiedSet;
  urgent: boolean;
  /** Empty where the message is accepted. */
  errors: readonly Issue[];
  warnings: readonly Issue[];
  /** Receipts are not receipted; everything else is. */
  receiptOwed: boolean;
  /** Whether back ends read it: business messages that were accepted. */
  inFeed: boolean;
}

/**
 * Stores messages with the receipts owed for them and their place in the queue for the feed, in one
 * statement. The unique key (id, link, direction) is the judge of what is new.
 *
 * @returns whether all of them were new; if not, another request stored one meanwhile and the caller starts over
 */
export async function storeIncoming(
  tx: Transaction,
  link: string,
  rows: readonly IncomingRow[],
  now: Date,
): Promise<boolean> {
  const stored = await tx.query({
    name: 'reception-store',
    text: `with incoming as (
             select * from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::boolean[],
               $9::text[], $10::bytea[], $11::text[], $12::json[], $13::json[], $14::boolean[], $15::boolean[])
               as u(id, type, subject, version, outcome, txn, urgent, kid, sha256, jws, warnings, refusal, owed, in_feed)
           ), stored as (
             insert into message
               (id, link, direction, type, subject, version, outcome, txn, urgent, kid, sha256, jws, warnings, refusal, at)
             select id, $1, 'in', type, subject, version, outcome, txn, urgent, kid, sha256, jws, warnings, refusal, $16
             from incoming
             on conflict (id, link, direction) do nothing
             returning id
           ), owed as (
             insert into receipt_owed (link, id, sha256, outcome, err, received_at)
             select $1, id, sha256, outcome, refusal ->> 'err', $16 from incoming where owed
             on conflict (link, id) do nothing
           ), queued as (
             insert into feed_pending (link, id, type) select $1, id, type from incoming where in_feed
           )
           select id from stored`,
    values: [
      link,
      plainTextArray(rows.map((r) => r.set.jti)),
      columnArray(rows.map((r) => r.set.event.type)),
      columnArray(rows.map((r) => r.set.subject)),
      columnArray(rows.map((r) => r.set.event.version ?? null)),
      columnArray(rows.map((r) => (r.errors.length > 0 ? 'refused' : 'accepted'))),
      columnArray(rows.map((r) => r.set.txn ?? null)),
      columnArray(rows.map((r) => r.urgent)),
      columnArray(rows.map((r) => r.set.kid)),
      byteaArray(rows.map((r) => r.set.sha256)),
      plainTextArray(rows.map((r) => r.set.jws)),
      jsonTextArray(rows.map((r) => (r.warnings.length > 0 ? JSON.stringify(r.warnings) : null))),
      jsonTextArray(rows.map((r) => (r.errors.length > 0 ? JSON.stringify(refusalOf(r.errors)) : null))),
      columnArray(rows.map((r) => r.receiptOwed)),
      columnArray(rows.map((r) => r.inFeed)),
      now,
    ],
  });
  return stored.length === rows.length;
}
