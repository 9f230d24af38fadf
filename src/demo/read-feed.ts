import type { FeedChange } from './compare-feed.ts';
import type { DemoSide } from './demo-side.ts';

const PAGE = 1000;

interface FeedPage {
  changes: FeedChange[];
  next: string;
  more: boolean;
}

/** A message is numbered for the feed a moment after it is stored; nothing for this long means that all are. */
const QUIET_SECONDS = 1;

/** Everything that a side's feed holds, page by page from the beginning. */
export async function* readFeed({ client, tokens }: DemoSide): AsyncGenerator<FeedChange> {
  let after: string | undefined;
  for (;;) {
    const place = after === undefined ? {} : { after, wait: String(QUIET_SECONDS) };
    const query = new URLSearchParams({ limit: String(PAGE), ...place });
    const page: FeedPage = await client.get(`/v1/changes?${query}`, tokens.backend);
    yield* page.changes;
    if (page.changes.length === 0 && !page.more && after !== undefined) return;
    after = page.next;
  }
}
