import { eraseSubject } from '../erasure/erase-subject.ts';
import type { Erasure } from '../erasure/erasure.ts';
import type { Database } from '../store/database.ts';

/** A deadlock with an acceptance; the loser starts over. */
const RETRIES = 3;

/** What was erased here before the loss and came back with the partner's copies is erased again. */
export async function eraseReturned(database: Database, subjects: ReadonlySet<string>): Promise<void> {
  if (subjects.size === 0) return;
  const erasures = await database.query<Erasure>({
    name: 'ledger-erasures-of',
    text: 'select subject, at, reason, by from erased_enterprise where subject = any ($1::text[]) order by at',
    values: [[...subjects]],
  });
  for (const erasure of erasures) {
    await database.transaction((tx) => eraseSubject(tx, erasure, { again: true }), { retries: RETRIES });
  }
}
