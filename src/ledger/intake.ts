import { appendEntries } from '../audit/append-entries.ts';
import type { Database, Transaction } from '../store/database.ts';

/** Why a link takes no submissions: begins the reason that halts its lanes as well. */
const RECOVERING = 'recovering: ';

export interface ClosedIntake {
  link: string;
  since: Date;
  reason: string;
}

/** The links whose intake is closed in the store, by whichever process. */
export function readClosedIntakes(database: Pick<Database, 'query'>): Promise<ClosedIntake[]> {
  return database.query<ClosedIntake>({
    name: 'ledger-closed-intakes',
    text: `select link, intake_closed_at as since, intake_closed_reason as reason from link_state
           where intake_closed_at is not null`,
    values: [],
  });
}

/**
 * Closes a link's intake and halts its lanes, until it is recovered: the partner holds messages of ours that we no
 * longer know, and any version drawn now may be one of theirs.
 */
export async function closeIntake(database: Database, link: string, reason: string): Promise<void> {
  await database.transaction(async (tx) => {
    const rows = await tx.query({
      name: 'ledger-close-intake',
      text: `update link_state set
               intake_closed_at = coalesce(intake_closed_at, clock_timestamp()), intake_closed_reason = $2,
               halted_at = coalesce(halted_at, clock_timestamp()), halted_reason = coalesce(halted_reason, $3)
             where link = $1 and intake_closed_reason is distinct from $2 returning 1`,
      values: [link, reason, `${RECOVERING}${reason}`],
    });
    if (rows.length > 0) await appendEntries(tx, [{ kind: 'link-intake-closed', link, reason }], new Date());
  });
}

/**
 * Opens a link's intake in the caller's transaction, and its lanes where it was the closing that halted them.
 *
 * @param resume its lanes in any case
 * @returns whether anything was closed or halted
 */
export async function openIntake(
  tx: Pick<Transaction, 'query'>,
  link: string,
  { resume }: { resume: boolean } = { resume: false },
): Promise<boolean> {
  const rows = await tx.query({
    name: 'ledger-open-intake',
    text: `update link_state set intake_closed_at = null, intake_closed_reason = null,
             halted_at = case when $3 or starts_with(halted_reason, $2) then null else halted_at end,
             halted_reason = case when $3 or starts_with(halted_reason, $2) then null else halted_reason end
           where link = $1 and (intake_closed_at is not null or $3 and halted_at is not null) returning 1`,
    values: [link, RECOVERING, resume],
  });
  return rows.length > 0;
}
