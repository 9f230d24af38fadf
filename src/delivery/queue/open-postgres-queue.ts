import { createPostgresBackend, withBackend } from 'bullmq';
import type { Logger } from 'pino';
import type { LaneRef } from '../claim-lane.ts';
import { type Drain, type LaneQueue, processTriggers, triggerOptions, workerOptions } from './lane-queue.ts';
import { openQueuePool } from './open-pool.ts';

const QUEUE = 'lanes';

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
  const pool = await openQueuePool(connectionString, log);
  const queue = new Queue<LaneRef>(QUEUE, { connection: pool });
  queue.on('error', (error) => log.warn({ err: error }, 'queue: producer'));
  await queue.waitUntilReady();
  const worker = new Worker<LaneRef>(QUEUE, processTriggers(drain), {
    connection: pool,
    ...workerOptions(concurrency),
  });
  worker.on('error', (error) => log.warn({ err: error }, 'queue: worker'));
  await worker.waitUntilReady();
  return {
    add: (ref) => queue.add('drain', { link: ref.link, lane: ref.lane }, triggerOptions(ref)),
    finish: () => worker.pause(true),
    async [Symbol.asyncDispose]() {
      await worker.close();
      await queue.close();
      await pool.end();
    },
  };
}
