import type { Job, JobsOptions, Queue, WorkerOptions } from 'bullmq';
import type { LaneRef } from '../claim-lane.ts';
import type { Drained } from '../drain-lane.ts';

/** Triggers of lanes. A trigger holds the lane's name only: losing it costs a moment, never a message. */
export interface LaneQueue extends AsyncDisposable {
  /** Rejects, soon, where the queue cannot take it. */
  add(ref: LaneRef): Promise<unknown>;
  /** Ends the wait of a trigger that backs off; nothing where none waits. Rejects as `add` does. */
  hasten(ref: LaneRef): Promise<unknown>;
  /** Runs no further trigger; the drains under way go on. */
  finish(): void;
  /** BullMQ's own object, for looking at what waits in it; its type differs by backend. */
  readonly queue: object;
}

/** Runs a trigger; how it ended says whether the queue repeats it. */
export type Drain = (ref: LaneRef) => Promise<Drained>;

/** A killed worker's job is taken up by another after this long, as its lane's lease is. */
const JOB_LOCK_MS = 8_000;
const JOB_LOCK_RENEW_MS = 2_000;
const STALLED_CHECK_MS = 4_000;
/** A worker whose loop failed (the queue was away) begins again after this; the default is 15 s. */
const RUN_RETRY_MS = 1_000;
/** A lane is never given up; PostgreSQL's column is an integer of 32 bits. */
const NO_LIMIT = 2 ** 31 - 1;

/** The same for both backends; `concurrency` is the number of lanes, so that none waits for another. */
export function workerOptions(concurrency: number): Omit<WorkerOptions, 'connection'> {
  return {
    concurrency,
    lockDuration: JOB_LOCK_MS,
    lockRenewTime: JOB_LOCK_RENEW_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: NO_LIMIT,
    runRetryDelay: RUN_RETRY_MS,
    settings: {
      backoffStrategy: (_attempts, _type, error) => (error instanceof LaneBacksOff ? error.waitMs : 1_000),
    },
  };
}

/**
 * `keepLastIfActive` runs a lane once more when a message commits while it is being drained, and never twice at
 * once; without it that wake-up would be lost. A kept job would make the queue ignore the next of the same id.
 */
export function triggerOptions({ link, lane }: LaneRef): JobsOptions {
  return {
    deduplication: { id: deduplicationId({ link, lane }), keepLastIfActive: true },
    removeOnComplete: true,
    removeOnFail: true,
    attempts: NO_LIMIT,
    backoff: { type: 'custom' },
  };
}

function deduplicationId({ link, lane }: LaneRef): string {
  return `${link}.${lane}`;
}

/** As long as a trigger waits, the queue takes no other for its lane: a lane that is drained past it must not leave it so. */
export async function hastenTrigger(
  queue: Pick<Queue<LaneRef>, 'getDeduplicationJobId' | 'getJob'>,
  ref: LaneRef,
): Promise<void> {
  const id = await queue.getDeduplicationJobId(deduplicationId(ref));
  const job = id ? await queue.getJob(id) : undefined;
  // It may be running by now, or over.
  if (await job?.isDelayed()) await job?.promote().catch(() => undefined);
}

/** A lane that waits for its next attempt, or for another process; BullMQ keeps the job and its wait. */
class LaneBacksOff extends Error {
  override readonly name = 'LaneBacksOff';
  readonly waitMs: number;
  constructor(waitMs: number) {
    super(`lane backs off for ${waitMs} ms`);
    this.waitMs = waitMs;
  }
}

export function processTriggers(drain: Drain): (job: Job<LaneRef>) => Promise<void> {
  return async (job) => {
    const drained = await drain(job.data);
    if (drained.ended === 'backing-off') throw new LaneBacksOff(drained.waitMs);
    // This process is stopping: the trigger is for another one.
    if (drained.ended === 'stopped') throw new LaneBacksOff(0);
  };
}
