import type { Logger } from 'pino';
import type { LaneRef } from './claim-lane.ts';
import type { Drained } from './drain-lane.ts';
import { drainOnce } from './drain-once.ts';
import type { LaneQueue } from './queue/lane-queue.ts';
import { openPostgresQueue } from './queue/open-postgres-queue.ts';
import { openRedisQueue } from './queue/open-redis-queue.ts';
import type { QueuePlace } from './queue/queue-place.ts';

export interface LaneRunner extends AsyncDisposable {
  /** Wakes lanes. Losing a wake-up is harmless: the reconciler finds every lane with pending rows. */
  trigger(refs: Iterable<LaneRef>): void;
  /** Drains lanes in this process, past the queue. */
  drainHere(refs: Iterable<LaneRef>): void;
  /** Wakes lanes whose triggers may wait for the end of a pause: that wait ends, and they are drained here as well. */
  hasten(refs: Iterable<LaneRef>): void;
  /** Since when the queue takes no triggers of this process; undefined while it does. */
  queueAwaySince(): Date | undefined;
  /** Takes up no lane any more; resolves when the drains under way are over. */
  finish(): Promise<void>;
  /** For looking at the triggers that wait. */
  readonly queue: LaneQueue['queue'];
}

interface LaneRunnerParts {
  place: QueuePlace;
  concurrency: number;
  log: Logger;
  drain(ref: LaneRef): Promise<Drained>;
}

/**
 * Runs lanes by BullMQ. A job is a trigger for a lane and holds only its name; the messages, the schedule of
 * retries and the errors are rows of the store.
 *
 * A trigger that the queue does not take is run here at once, so that delivery goes on while the queue is away; the
 * lanes' leases keep several processes that do so from sending the same.
 */
export async function runLanes({ place, concurrency, log, drain }: LaneRunnerParts): Promise<LaneRunner> {
  const lanes = drainOnce(drain);
  const parts = { concurrency, log, drain: lanes.drain };
  const queue: LaneQueue =
    'address' in place
      ? await openRedisQueue({ ...place, ...parts })
      : await openPostgresQueue({ ...place, ...parts });
  let finishing = false;
  const retries = new Set<NodeJS.Timeout>();
  const stop = (): void => {
    finishing = true;
    for (const timer of retries) clearTimeout(timer);
  };

  const retry = (ref: LaneRef, waitMs: number): void => {
    const timer = setTimeout(() => {
      retries.delete(timer);
      wake([ref]);
    }, waitMs);
    retries.add(timer);
  };
  const drainHere = (refs: Iterable<LaneRef>): void => {
    for (const ref of finishing ? [] : refs) {
      lanes.drain(ref).then(
        (drained) => {
          if (drained.ended === 'backing-off' && !finishing) retry(ref, drained.waitMs);
        },
        (error: unknown) => log.warn({ err: error, ...ref }, 'lane: not drained'),
      );
    }
  };
  const adding = new Set<Promise<unknown>>();
  const inHand = (asked: Promise<unknown>): void => {
    adding.add(asked);
    asked.finally(() => adding.delete(asked));
  };
  let awaySince: Date | undefined;
  const wake = coalesce((refs) => {
    for (const ref of finishing ? [] : refs) {
      const added = queue.add(ref).then(
        () => {
          awaySince = undefined;
        },
        () => {
          awaySince ??= new Date();
          drainHere([ref]);
        },
      );
      inHand(added);
    }
  });
  return {
    queue: queue.queue,
    trigger: wake,
    drainHere,
    hasten(refs) {
      for (const ref of finishing ? [] : refs) {
        drainHere([ref]);
        // Another process may hold the lane and be about to leave it: the trigger sees to that.
        const hastened = queue.hasten(ref).catch(() => undefined);
        inHand(hastened.then(() => wake([ref])));
      }
    },
    queueAwaySince: () => awaySince,
    async finish() {
      stop();
      queue.finish();
      await lanes.settled();
    },
    async [Symbol.asyncDispose]() {
      stop();
      await Promise.allSettled(adding);
      await lanes.settled();
      await queue[Symbol.asyncDispose]();
    },
  };
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
