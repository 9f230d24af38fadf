import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { appendEntries } from '../src/audit/append-entries.ts';
import { runSequencer } from '../src/audit/run-sequencer.ts';
import { newMessageId } from '../src/envelope/message-id.ts';
import type { Database } from '../src/store/database.ts';
import { openStore } from '../src/store/open-store.ts';
import { LOG_KEY } from './make-large-log.ts';

const BATCH = 100;

/**
 * Milliseconds from the commit of an entry until a checkpoint that covers it is signed and committed, at a steady rate.
 *
 * @returns the 99th percentile over the entries that mark the batches, one in a hundred
 */
export async function measureEntryLatency(
  folder: string,
  perSecond: number,
  seconds: number,
): Promise<number> {
  await using store = await openStore({ dataDir: folder, retentionDays: 30 }, pino({ level: 'silent' }));
  const { database } = store;
  const checkpoints: { size: number; at: number }[] = [];
  await using sequencer = runSequencer({
    database,
    log: pino({ level: 'warn' }),
    logKey: LOG_KEY,
    now: () => new Date(),
    numberFeed: () => Promise.resolve(0),
    onFeed() {},
    onCheckpoint: ({ size }) => void checkpoints.push({ size, at: performance.now() }),
  });
  const committed = new Map<string, number>();
  const startedAt = performance.now();
  const batches = (perSecond * seconds) / BATCH;
  await Promise.all(
    Array.from({ length: batches }, async (_, n) => {
      await delay(Math.max(0, startedAt + (n * BATCH * 1000) / perSecond - performance.now()));
      const mark = newMessageId();
      await appendBatch(database, mark);
      committed.set(mark, performance.now());
    }),
  );
  await delay(1_000);
  await sequencer.settle();
  const rows = await database.query<{ message: string; index: number }>({
    name: 'bench-marks',
    text: 'select message, index from audit_entry where message = any($1::uuid[])',
    values: [[...committed.keys()]],
  });
  const waits = rows.map(({ message, index }) => {
    const signed = checkpoints.find(({ size }) => size > index)?.at ?? Number.POSITIVE_INFINITY;
    return Math.max(0, signed - (committed.get(message) ?? 0));
  });
  waits.sort((a, b) => a - b);
  return Math.round(waits[Math.ceil(waits.length * 0.99) - 1] ?? Number.NaN);
}

function appendBatch(database: Database, mark: string): Promise<void> {
  const contents = Array.from({ length: BATCH }, (_, n) =>
    n === 0 ? { kind: 'message-accepted', message: mark } : { kind: 'message-accepted', n, by: 'bench' },
  );
  return database.transaction((tx) => appendEntries(tx, contents, new Date()));
}
