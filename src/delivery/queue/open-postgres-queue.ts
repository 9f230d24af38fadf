import { createPostgresBackend, withBackend } from 'bullmq';
import type { Logger } from 'pino';
import type { LaneRef } from '../claim-lane.ts';
import { inTime } from './in-time.ts';
import {
  type Drain,
  hastenTrigger,
  type LaneQueue,
  processTriggers,
  triggerOptions,
  workerOptions,
} from './lane-queue.ts';
import { noteOutage } from './note-outage.ts';
import { openQueuePool } from './open-pool.ts';

const QUEUE = 'lanes';

/** The drains are over by then; only the queue's own bookkeeping is waited for. */
const CLOSE_MS = 2_000;

const { Queue, Worker } = withBackend(createPostgresBackend);

export interface PostgresQueueParts {
  /** PostgreSQL that holds the queue; by default the store's own. */
  connectionString: string;
  concurrency: number;
  log: Logger;
  drain: Drain;
}

/** The queue beside the store: where it is away, the store is, and nothing can be delivered anyway. */
export async function openPostgresQueue(parts: PostgresQueueParts): Promise<LaneQueue> {
  const { connectionString, concurrency, log, drain } = parts;
  // The worker asks some ten times a second while the database is away.
  const outage = noteOutage(log);
  const pool = await openQueuePool(connectionString, log);
  const queue = new Queue<LaneRef>(QUEUE, { connection: pool });
  queue.on('error', outage.failed);
  await queue.waitUntilReady();
  const worker = new Worker<LaneRef>(QUEUE, processTriggers(drain), {
    connection: pool,
    ...workerOptions(concurrency),
  });
  worker.on('error', outage.failed);
  await worker.waitUntilReady();
  let closing: Promise<void> | undefined;
  return {
    queue,
    async add(ref) {
      await queue.add('drain', { link: ref.link, lane: ref.lane }, triggerOptions(ref));
      outage.worked();
    },
    hasten: (ref) => hastenTrigger(queue, ref),
    finish() {
      closing ??= worker.close();
    },
    async [Symbol.asyncDispose]() {
      closing ??= worker.close();
      await inTime(closing, CLOSE_MS);
      await inTime(queue.close(), CLOSE_MS);
      await inTime(pool.end(), CLOSE_MS);
    },
  };
}
