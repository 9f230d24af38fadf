import type { Transaction } from '../store/database.ts';

/** Entries numbered in one pass: bounds the transaction, not the throughput (passes follow at once while full). */
export const ENTRIES_PER_PASS = 10_000;

export interface SequencedEntries {
  count: number;
  /** Their leaf hashes, 32 bytes each, in the order of their indices. */
  leaves: Buffer;
}

/**
 * Gives pending audit entries their index in the log, in the caller's transaction, which holds the
 * sequencer's lock.
 *
 * All rows that are visible are taken, in whatever order they committed: a watermark such as "id > last"
 * would skip the ones that commit late. The server hashes the entries, so that only 32 bytes of each travel.
 *
 * @param log whose entries they become
 * @param size of that log: the index of the first one
 */
export async function sequenceEntries(tx: Transaction, log: string, size: number): Promise<SequencedEntries> {
  const [row] = await tx.query<{ count: number; leaves: Buffer | null }>({
    name: 'audit-sequence',
    text: `with taken as (
             delete from audit_pending
             where ctid = any (array(select ctid from audit_pending limit $3))
             returning entry, salt, content, message
           ), numbered as (
             select $2::bigint + row_number() over () - 1 as index, entry, salt, content, message from taken
           ), entries as (
             insert into audit_entry (log, index, entry, message, salt, content, gone)
             select $1, index, entry, message, salt, content, case when content is null then 'erased' end from numbered
           )
           select count(*)::integer as count,
             string_agg(sha256('\\x00'::bytea || convert_to(entry, 'UTF8')), ''::bytea order by index) as leaves
           from numbered`,
    values: [log, size, ENTRIES_PER_PASS],
  });
  return { count: row?.count ?? 0, leaves: row?.leaves ?? Buffer.alloc(0) };
}
