import { appendEntries } from '../audit/append-entries.ts';
import type { Database } from '../store/database.ts';

/**
 * Marks that this store was restored from a backup: a new incarnation, which outdates every cursor and tells the
 * partner to compare, and the intake of every link closed until it was compared itself. Leases of processes that were
 * alive in the backup are nobody's now.
 *
 * @param takenAt when the backup was taken, if it is known
 * @param by who restored it, for the audit log
 */
export async function markRestored(database: Database, takenAt: Date | undefined, by: string): Promise<void> {
  const from = takenAt ? `a backup of ${takenAt.toISOString()}` : 'a backup';
  await database.transaction(async (tx) => {
    const [store] = await tx.query<{ incarnation: string }>({
      name: 'ledger-mark-store',
      text: `update store_meta set incarnation = gen_random_uuid(), restored_at = clock_timestamp(), restored_from = $1
             returning incarnation`,
      values: [takenAt ?? null],
    });
    await tx.query({
      name: 'ledger-mark-links',
      text: `update link_state set intake_closed_at = clock_timestamp(), intake_closed_reason = $1,
               compare_all = true, compare_at = clock_timestamp()`,
      values: [`this database was restored from ${from} and is not compared with the partner yet`],
    });
    await tx.query({
      name: 'ledger-mark-lanes',
      text: `update lane set owner = null, lease_until = null, attempts = 0, next_attempt_at = null`,
      values: [],
    });
    const entry = { kind: 'store-restored', by, takenAt: takenAt?.toISOString() ?? null, ...store };
    await appendEntries(tx, [entry], new Date());
  });
}
