import type { Database } from '../../store/database.ts';

/** A receipt is due so long after the partner took the message: protocol profile, receipts come within seconds. */
export const RECEIPT_DUE_MS = 300_000;

/** Missing receipts older than this are found by a comparison with the partner, not by this look. */
const LOOKED_BACK_MS = 7 * 86_400_000;

/**
 * Finds messages of ours that the partner took and has not receipted in time, from the first one on that was missing
 * when last looked: while all is well that is what was delivered in the minute before.
 */
export async function findOverdueReceipts(
  database: Pick<Database, 'query'>,
  links: readonly string[],
  now: Date,
): Promise<void> {
  const due = new Date(now.getTime() - RECEIPT_DUE_MS);
  for (const link of links) {
    await database.query({
      name: 'watch-overdue-receipts',
      text: `with looked as (
               select greatest($2::timestamptz, (select receipted_until from link_watch where link = $1)) as since
             ), answered as materialized (
               select id, at from delivery
               where link = $1 and outcome = 'delivered' and at >= (select since from looked) and at < $3
             ), gateway as materialized (
               select id from message
               where subject = 'gateway' and direction = 'out' and link = $1
                 and id between (select id from answered order by id limit 1)
                            and (select id from answered order by id desc limit 1)
             ), missing as (
               select count(*) as overdue, min(at) as since from answered a
               where not exists (select from receipt r where r.id = a.id and r.link = $1)
                 and not exists (select from gateway g where g.id = a.id)
             )
             insert into link_watch as w (link, receipted_until, overdue, overdue_since)
             select $1, coalesce(since, $3), overdue, since from missing
             on conflict (link) do update set
               receipted_until = excluded.receipted_until, overdue = excluded.overdue, overdue_since = excluded.overdue_since`,
      values: [link, new Date(now.getTime() - LOOKED_BACK_MS), due],
    });
  }
}
