import type { Database } from '../store/database.ts';

/**
 * Keeps which incarnation of the partner's store answers. Another one than before means that it was restored: a
 * comparison of everything is due at once, so that what it lost is sent again.
 */
export async function notePartnerStore(
  database: Pick<Database, 'query'>,
  link: string,
  store: string,
): Promise<void> {
  await database.query({
    name: 'ledger-note-partner-store',
    text: `update link_state set partner_store = $2,
             compare_all = compare_all or partner_store is not null,
             compare_at = case when partner_store is null then compare_at else clock_timestamp() end
           where link = $1 and partner_store is distinct from $2`,
    values: [link, store],
  });
}
