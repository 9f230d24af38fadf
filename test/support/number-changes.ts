import { numberFeed } from '../../src/feed/number-feed.ts';
import type { Database } from '../../src/store/database.ts';

/** One pass of the sequencer, as far as the feed goes. */
export async function numberChanges(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    const [meta] = await tx.query<{ last: number }>({
      name: 'test-feed-number',
      text: 'select feed_number as last from store_meta for update',
      values: [],
    });
    const count = await numberFeed(tx, meta?.last ?? 0);
    await tx.query({
      name: 'test-feed-numbered',
      text: 'update store_meta set feed_number = feed_number + $1',
      values: [count],
    });
  });
}
