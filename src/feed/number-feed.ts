import type { Transaction } from '../store/database.ts';

const CHANGES_PER_PASS = 10_000;

/**
 * Gives received messages their place in the feed, in the sequencer's transaction. Only committed rows are
 * visible to it, so a reader that holds number N will never see a smaller one appear.
 *
 * @param last the number given last
 * @returns how many messages were numbered
 */
export async function numberFeed(tx: Transaction, last: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'feed-number',
    text: `with taken as (
             delete from feed_pending
             where ctid = any (array(select ctid from feed_pending limit $2))
             returning link, id, type
           ), numbered as (
             insert into feed (number, link, id, type)
             select $1::bigint + row_number() over (), link, id, type from taken
             returning number
           )
           select count(*)::integer as count from numbered`,
    values: [last, CHANGES_PER_PASS],
  });
  return row?.count ?? 0;
}
