import type { Logger } from 'pino';
import type { Database, Transaction } from '../store/database.ts';
import { ENTRIES_PER_PASS, sequenceEntries } from './sequence-entries.ts';

/** Key of the advisory lock that makes one process at a time the sequencer. */
const SEQUENCER_LOCK = 0x6d7261_01;

/** How long committed work waits for its number: bounds the lag of the feed and of the log. */
const INTERVAL_MS = 150;

export interface Sequencer {
  /** Runs passes until nothing is pending; for tests and for an orderly stop. */
  settle(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface SequencerParts {
  database: Database;
  log: Logger;
  /** Numbers the feed in the same pass; returns how many changes got a number. */
  numberFeed(tx: Transaction, last: number): Promise<number>;
  /** Called after a commit that numbered changes. */
  onFeed(): void;
}

/**
 * The one writer of the log and of the feed's numbers.
 *
 * One transaction a pass: lock (another process that holds it makes this pass a no-op) → take pending rows
 * → number them → write the new sizes. A crash before the commit leaves the rows pending for the next
 * sequencer; there is no state outside the transaction.
 */
export function runSequencer(parts: SequencerParts): Sequencer {
  let stopped = false;
  let running: Promise<boolean> | undefined;

  const pass = (): Promise<boolean> => {
    running ??= sequenceOnce(parts).finally(() => {
      running = undefined;
    });
    return running;
  };

  let timer: NodeJS.Timeout | undefined;
  const tick = async (): Promise<void> => {
    let full = false;
    try {
      full = await pass();
    } catch (error) {
      if (!stopped) parts.log.warn({ err: error }, 'sequencer: pass failed, next one in a moment');
    }
    if (!stopped) timer = setTimeout(tick, full ? 0 : INTERVAL_MS);
  };
  timer = setTimeout(tick, 0);

  const settle = async (): Promise<void> => {
    while (await pass());
  };
  return {
    settle,
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await running?.catch(() => undefined);
    },
  };
}

/** @returns whether the pass was full, so that another one should follow at once */
async function sequenceOnce({ database, numberFeed, onFeed }: SequencerParts): Promise<boolean> {
  const numbered = await database.transaction(async (tx) => {
    const [state] = await tx.query<{ locked: boolean; pending: boolean }>({
      name: 'sequencer-lock',
      text: `select pg_try_advisory_xact_lock($1) as locked,
                    exists (select from audit_pending) or exists (select from feed_pending) as pending`,
      values: [SEQUENCER_LOCK],
    });
    if (!state?.locked || !state.pending) return { entries: 0, changes: 0 };
    // A statement of its own: the snapshot of the one above may be older than the lock it took.
    const [sizes] = await tx.query<{ feedNumber: number; auditSize: number }>({
      name: 'sequencer-sizes',
      text: 'select feed_number as "feedNumber", audit_size as "auditSize" from store_meta',
      values: [],
    });
    if (!sizes) throw new Error('store_meta has no row');
    const entries = await sequenceEntries(tx, sizes.auditSize);
    const changes = await numberFeed(tx, sizes.feedNumber);
    await tx.query({
      name: 'sequencer-advance',
      text: 'update store_meta set audit_size = audit_size + $1, feed_number = feed_number + $2',
      values: [entries, changes],
    });
    return { entries, changes };
  });
  if (numbered.changes > 0) onFeed();
  return numbered.entries >= ENTRIES_PER_PASS || numbered.changes >= ENTRIES_PER_PASS;
}
