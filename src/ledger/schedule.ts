import type { Database } from '../store/database.ts';

/** A loss on either side is seen within the hour. */
export const COMPARE_INTERVAL_MS = 3_600_000;
/** Hours found equal before are compared again once a day, in case one side lost them without saying so. */
const COMPARE_ALL_INTERVAL_MS = 86_400_000;
/** After a comparison that the partner did not answer. */
export const RETRY_MS = 30_000;

/** Whether everything within the link's retention is to be compared, and not only what was not found equal before. */
export async function isAllDue(database: Pick<Database, 'query'>, link: string): Promise<boolean> {
  const [row] = await database.query<{ all: boolean }>({
    name: 'ledger-all-due',
    text: `select compare_all or intake_closed_at is not null as all from link_state where link = $1`,
    values: [link],
  });
  return row?.all ?? false;
}

/**
 * Takes the comparison that is due, if one is: for the next half minute it is nobody else's, and after that only if
 * this process did not finish it.
 */
export async function claimDue(
  database: Pick<Database, 'query'>,
  link: string,
): Promise<{ all: boolean; restored: boolean } | undefined> {
  const [due] = await database.query<{ all: boolean; restored: boolean }>({
    name: 'ledger-claim-due',
    text: `update link_state set compare_at = clock_timestamp() + $2 * interval '1 ms'
           where link = $1 and compare_at <= clock_timestamp()
           returning compare_all or intake_closed_at is not null or compared_all_at is null
                       or compared_all_at < clock_timestamp() - $3 * interval '1 ms' as all,
                     compare_all as restored`,
    values: [link, RETRY_MS, COMPARE_ALL_INTERVAL_MS],
  });
  return due;
}
