import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../store/database.ts';
import { EdgeMemory, type ExtendingParts, extendLog } from './extend-log.ts';
import type { LogHead } from './read-tree.ts';
import { ENTRIES_PER_PASS } from './sequence-entries.ts';

/** Key of the advisory lock that makes one process at a time the sequencer. */
export const SEQUENCER_LOCK = 0x6d7261_01;

/** How long committed work waits for its number: bounds the lag of the feed and of the log. */
const INTERVAL_MS = 250;

/** A comparison that did not come about is tried again this soon; entries wait for it, nothing else does. */
const COMPARE_AGAIN_MS = 1_000;

export interface Sequencer {
  /** Runs passes until nothing is pending; for tests and for an orderly stop. */
  settle(): Promise<void>;
  /** Nothing more is signed before the log was compared with the partners' again. */
  compareAgain(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SequencerParts extends ExtendingParts {
  /** Of one connection, so that its session stays the same while the server does. */
  database: Database;
  log: Logger;
  /**
   * Compares our log with what the partners have cosigned of it. Asked before the first signature of each session of
   * the database, which may be of a restored one; until it says true entries stay pending.
   */
  compare?(): Promise<boolean>;
  /** Numbers the feed in the same pass; returns how many changes got a number. */
  numberFeed(tx: Transaction, last: number): Promise<number>;
  /** Called after a commit that numbered changes. */
  onFeed(): void;
  /** Called after a commit that signed a checkpoint: now it may be published. */
  onCheckpoint?(head: LogHead): void;
}

/** Sessions that were compared, by the mark that each bears; far more than one process opens in its life. */
const SESSIONS_MAX = 10_000;

interface Memory {
  edges: EdgeMemory;
  compared: Set<string>;
  compareAfter: number;
}

/**
 * The one writer of the log and of the feed's numbers.
 *
 * One transaction a pass: lock (another process that holds it makes this pass a no-op) → take pending rows
 * → grow the tree, sign its head → number the feed → write the new sizes. A crash before the commit leaves the
 * rows pending for the next sequencer; there is no state outside the transaction. A crash after it leaves a
 * checkpoint that is not published yet: the publisher finds it at its start.
 */
export function runSequencer(parts: SequencerParts): Sequencer {
  let stopped = false;
  let running: Promise<boolean> | undefined;
  const memory: Memory = { edges: new EdgeMemory(), compared: new Set(), compareAfter: 0 };

  const pass = (): Promise<boolean> => {
    running ??= sequenceOnce(parts, memory).finally(() => {
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
    compareAgain: () => memory.compared.clear(),
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await running?.catch(() => undefined);
    },
  };
}

interface Pass {
  head?: LogHead | undefined;
  full: boolean;
  changes: number;
  /** Mark of a session that has to be compared before it signs. */
  uncompared?: string;
}

/** @returns whether another pass should follow at once */
async function sequenceOnce(parts: SequencerParts, memory: Memory): Promise<boolean> {
  const done = await parts.database.transaction((tx) => sequence(tx, parts, memory));
  await parts.onStep?.('committed');
  if (done.changes > 0) parts.onFeed();
  if (done.head) parts.onCheckpoint?.(done.head);
  if (done.uncompared !== undefined) return compareSession(parts, memory, done.uncompared);
  return done.full;
}

/** Outside of any transaction: it asks other machines. */
async function compareSession(parts: SequencerParts, memory: Memory, session: string): Promise<boolean> {
  if (Date.now() < memory.compareAfter) return false;
  if (await parts.compare?.()) {
    if (memory.compared.size >= SESSIONS_MAX) memory.compared.clear();
    memory.compared.add(session);
    return true;
  }
  memory.compareAfter = Date.now() + COMPARE_AGAIN_MS;
  return false;
}

async function sequence(tx: Transaction, parts: SequencerParts, memory: Memory): Promise<Pass> {
  const [state] = await tx.query<{ locked: boolean; pending: boolean }>({
    name: 'sequencer-lock',
    text: `select pg_try_advisory_xact_lock($1) as locked,
                  exists (select from audit_pending) or exists (select from feed_pending) as pending`,
    values: [SEQUENCER_LOCK],
  });
  if (!state?.locked || !state.pending) return { full: false, changes: 0 };
  await parts.onStep?.('locked');
  const { feedNumber, session, latest } = await readState(tx);
  const compared = !parts.compare || memory.compared.has(session);
  const extended = compared ? await extendLog(tx, parts, latest, memory.edges) : undefined;
  const changes = await parts.numberFeed(tx, feedNumber);
  if (changes > 0) {
    await tx.query({
      name: 'sequencer-advance',
      text: 'update store_meta set feed_number = feed_number + $1',
      values: [changes],
    });
  }
  await parts.onStep?.('numbered');
  return {
    head: extended?.head,
    full: (extended?.count ?? 0) >= ENTRIES_PER_PASS || changes >= ENTRIES_PER_PASS,
    changes,
    ...(compared ? {} : { uncompared: session }),
  };
}

interface SequencerState {
  feedNumber: number;
  /** A mark that lives as long as this session of the database does. */
  session: string;
  latest: LogHead | undefined;
}

/** A statement of its own after the lock: the snapshot of that one may be older than the lock it took. */
async function readState(tx: Transaction): Promise<SequencerState> {
  const [row] = await tx.query<{ feedNumber: number; session: string } & (LogHead | { log: null })>({
    name: 'sequencer-state',
    text: `select m.feed_number as "feedNumber",
             set_config('mra.session', coalesce(nullif(current_setting('mra.session', true), ''), $1), false) as session,
             t.log, t.size, t.root, t.checkpoint, t.signed_at as "signedAt"
           from store_meta m
           left join lateral (select * from audit_tree order by number desc limit 1) t on true`,
    values: [randomUUID()],
  });
  if (!row) throw new Error('store_meta has no row');
  const { feedNumber, session, ...latest } = row;
  return { feedNumber, session, latest: latest.log === null ? undefined : latest };
}
