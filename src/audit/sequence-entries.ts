import type { Transaction } from '../store/database.ts';

/** Entries numbered in one pass: bounds the transaction, not the throughput (passes follow at once while full). */
export const ENTRIES_PER_PASS = 10_000;

/**
 * Gives pending audit entries their index in the log, in the caller's transaction, which holds the
 * sequencer's lock.
 *
 * All rows that are visible are taken, in whatever order they committed: a watermark such as "id > last"
 * would skip the ones that commit late.
 *
 * @returns how many entries were numbered
 */
export async function sequenceEntries(tx: Transaction, size: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'audit-sequence',
    text: `with taken as (
             delete from audit_pending
             where ctid = any (array(select ctid from audit_pending limit $2))
             returning entry, salt, content
           ), numbered as (
             select $1::bigint + row_number() over () - 1 as index, entry, salt, content from taken
           ), contents as (
             insert into audit_content (index, salt, content) select index, salt, content from numbered
           ), entries as (
             insert into audit_entry (index, entry) select index, entry from numbered
             returning index
           )
           select count(*)::integer as count from entries`,
    values: [size, ENTRIES_PER_PASS],
  });
  return row?.count ?? 0;
}
