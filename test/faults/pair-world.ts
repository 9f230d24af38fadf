import type { Party } from '../../src/contract/party.ts';
import { readChanges } from '../../src/feed/read-changes.ts';
import type { Outcome } from '../../src/submission/submission.ts';
import type { Pair, Side } from '../support/pair.ts';
import type { InspectedSide } from './inspect-side.ts';
import { digestOf, type Ledger } from './ledger.ts';
import type { StoryMessage } from './story.ts';

const FEED_MAX = 10_000;

/** The sides of a pair without listeners, as checkInvariants looks at them. */
export function inspectedPair({ cn, us }: Pair): Record<Party, InspectedSide> {
  return { CN: inspectedSide(cn), US: inspectedSide(us) };
}

function inspectedSide({ party, db }: Side): InspectedSide {
  return {
    party,
    query: (text, values) => db.sql(text, values),
    async *feed() {
      yield* (await readChanges(db.database, 0, { limit: FEED_MAX })).changes;
    },
  };
}

/** Remembers what became of submitted messages, as their back end does. */
export function remember(
  ledger: Ledger,
  from: Party,
  sent: readonly StoryMessage[],
  outcomes: readonly Outcome[],
): void {
  for (const [n, outcome] of outcomes.entries()) {
    const message = sent[n];
    if (!message || !('accepted' in outcome)) throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
    const { id, subject, version } = outcome.accepted;
    ledger.set(id, { id, from, subject, version, data: digestOf(message.data) });
  }
}
