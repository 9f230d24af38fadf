import { GatewayClient } from '../../src/demo/gateway-client.ts';
import type { FeedEntry, InspectedSide } from './inspect-side.ts';
import type { Side } from './side.ts';

const PAGE = 1_000;

interface Page {
  changes: FeedEntry[];
  next: string;
}

/** A running side as checkInvariants looks at it: its feed over HTTP, page by page from the beginning. */
export function inspected({ party, processes, tokens, store }: Side): InspectedSide {
  return {
    party,
    query: (text, values) => store.query(text, values),
    async *feed() {
      await using client = new GatewayClient(processes[0]?.internal ?? '', 1);
      let after = '';
      for (;;) {
        const page: Page = await client.get(`/v1/changes?limit=${PAGE}${after}`, tokens.backend);
        yield* page.changes;
        if (page.changes.length < PAGE) return;
        after = `&after=${page.next}`;
      }
    },
  };
}
