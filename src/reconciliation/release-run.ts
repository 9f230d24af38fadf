import { appendEntries } from '../audit/append-entries.ts';
import type { Database } from '../store/database.ts';

/**
 * Lets a run of our register that is held go on, however many records it sends again.
 *
 * @returns false where none is held
 */
export function releaseRun(database: Database, link: string, by: string, now: Date): Promise<boolean> {
  return database.transaction(async (tx) => {
    const released = await tx.query({
      name: 'reconciliation-release',
      text: `update reconciliation set state = 'awaiting', released_by = $2, due_at = clock_timestamp()
             where link = $1 and register = 'own' and state = 'held' returning 1`,
      values: [link, by],
    });
    if (released.length === 0) return false;
    await appendEntries(tx, [{ kind: 'reconciliation-released', link, by }], now);
    return true;
  });
}
