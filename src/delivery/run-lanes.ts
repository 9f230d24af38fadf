import { createPostgresBackend, type Job, withBackend } from 'bullmq';
import type { Logger } from 'pino';
import type { LaneRef } from './claim-lane.ts';
import type { Drained } from './drain-lane.ts';
import { openQueuePool } from './queue-pool.ts';

const QUEUE = 'lanes';

/** A killed worker's job is taken up by another after this long, as its lane's lease is. */
const JOB_LOCK_MS = 8_000;
const JOB_LOCK_RENEW_MS = 2_000;
const STALLED_CHECK_MS = 4_000;
/** A lane is never given up; the queue's column is an integer of 32 bits. */
const NO_LIMIT = 2 ** 31 - 1;

const { Queue, Worker } = withBackend(createPostgresBackend);

export interface LaneRunner {
  /** Wakes lanes. Losing a wake-up is harmless: the reconciler finds every lane with pending rows. */
  trigger(refs: Iterable<LaneRef>): void;
  [Symbol.asyncDispose](): Promise<void>;
}

interface LaneRunnerParts {
  /** PostgreSQL that holds the queue; by default the store's own. */
  connectionString: string;
  concurrency: number;
  log: Logger;
  drain(ref: LaneRef): Promise<Drained>;
}

/**
 * Runs lanes by BullMQ. A job is a trigger for a lane and holds only its name; the messages, the schedule of
 * retries and the errors are rows of the store.
 *
 * `keepLastIfActive` runs a lane once more when a message commits while it is being drained, and never twice
 * at once; without it that wake-up would be lost.
 */
export async function runLanes({
  connectionString,
  concurrency,
  log,
  drain,
}: LaneRunnerParts): Promise<LaneRunner> {
  const pool = await openQueuePool(connectionString, log);
  const queue = new Queue<LaneRef>(QUEUE, { connection: pool });
  queue.on('error', (error) => log.warn({ err: error }, 'queue: producer'));
  await queue.waitUntilReady();
  const worker = new Worker<LaneRef>(QUEUE, (job: Job<LaneRef>) => process(job, drain), {
    connection: pool,
    concurrency,
    lockDuration: JOB_LOCK_MS,
    lockRenewTime: JOB_LOCK_RENEW_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: NO_LIMIT,
    settings: {
      backoffStrategy: (_attempts, _type, error) => (error instanceof LaneBacksOff ? error.waitMs : 1_000),
    },
  });
  worker.on('error', (error) => log.warn({ err: error }, 'queue: worker'));
  await worker.waitUntilReady();

  const add = ({ link, lane }: LaneRef): Promise<unknown> =>
    queue.add(
      'drain',
      { link, lane },
      {
        deduplication: { id: `${link}.${lane}`, keepLastIfActive: true },
        removeOnComplete: true,
        removeOnFail: true,
        attempts: NO_LIMIT,
        backoff: { type: 'custom' },
      },
    );
  const adding = new Set<Promise<unknown>>();
  const wake = coalesce((refs) => {
    for (const ref of refs) {
      const added = add(ref).catch((error: unknown) =>
        log.warn({ err: error, ...ref }, 'queue: lane not triggered'),
      );
      adding.add(added);
      added.finally(() => adding.delete(added));
    }
  });
  return {
    trigger: wake,
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(adding);
      await worker.close();
      await queue.close();
      await pool.end();
    },
  };
}

/** A lane that waits for its next attempt; BullMQ keeps the job and its wait. */
class LaneBacksOff extends Error {
  override readonly name = 'LaneBacksOff';
  readonly waitMs: number;
  constructor(waitMs: number) {
    super(`lane backs off for ${waitMs} ms`);
    this.waitMs = waitMs;
  }
}

async function process(job: Job<LaneRef>, drain: (ref: LaneRef) => Promise<Drained>): Promise<void> {
  const drained = await drain(job.data);
  if (drained.ended === 'backing-off') throw new LaneBacksOff(drained.waitMs);
}

/** Gathers the lanes named within one turn of the event loop, so that a thousand acceptances wake a lane once. */
function coalesce(flush: (refs: LaneRef[]) => void): (refs: Iterable<LaneRef>) => void {
  let waiting = new Map<string, LaneRef>();
  return (refs) => {
    if (waiting.size === 0) {
      setImmediate(() => {
        const refs = [...waiting.values()];
        waiting = new Map();
        flush(refs);
      });
    }
    for (const ref of refs) waiting.set(`${ref.link}.${ref.lane}`, ref);
  };
}
