import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';

/** A lane whose trigger was lost is found within this long, and drained past the queue within twice as long. */
const INTERVAL_MS = 3_000;

export interface IdleLane extends LaneRef {
  /** Its owner died or was stopped: the lease ran out before it was given back. */
  orphaned: boolean;
}

/** Lanes with something to send, due, not paused, and nobody at work on them. */
export async function findIdleLanes(database: Database): Promise<IdleLane[]> {
  return database.query<IdleLane>({
    name: 'delivery-find-idle-lanes',
    text: `select l.link, l.lane, l.owner is not null as orphaned from lane l
           where not l.paused
             and (l.next_attempt_at is null or l.next_attempt_at <= clock_timestamp())
             and (l.owner is null or l.lease_until < clock_timestamp())
             and exists (select from outbox o where o.link = l.link and o.lane = l.lane and o.parked_at is null
                           and (o.retry_at is null or o.retry_at <= clock_timestamp()))
             and not exists (select from link_state s where s.link = l.link and s.halted_at is not null)`,
    values: [],
  });
}

interface Waker {
  trigger(refs: Iterable<LaneRef>): void;
  drainHere(refs: Iterable<LaneRef>): void;
}

/**
 * Triggers idle lanes with pending rows, at start and ever after: repairs an acceptance whose process died before
 * the trigger, and a queue that lost its jobs. A lane whose owner is gone, or that is still idle at the next pass, has
 * a trigger that leads nowhere (the queue is away, or holds a job that nobody runs): this process drains it itself.
 */
export function reconcileLanes(
  database: Database,
  waker: Waker,
  log: Logger,
  intervalMs = INTERVAL_MS,
): AsyncDisposable {
  let triggered = new Set<string>();
  const pass = async (): Promise<void> => {
    const idle = await findIdleLanes(database);
    const [again, fresh] = [[] as LaneRef[], [] as LaneRef[]];
    // What a lane is called by is in log lines and labels of figures: nothing else may be in it.
    for (const { orphaned, ...ref } of idle)
      (orphaned || triggered.has(keyOf(ref)) ? again : fresh).push(ref);
    triggered = new Set(fresh.map(keyOf));
    waker.trigger(fresh);
    waker.drainHere(again);
  };
  let running: Promise<void> = Promise.resolve();
  const run = (): void => {
    running = running
      .then(pass)
      .catch((error: unknown) => log.warn({ err: error }, 'lanes: reconciler failed, next pass in a moment'));
  };
  run();
  const timer = setInterval(run, intervalMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

function keyOf({ link, lane }: LaneRef): string {
  return `${link}.${lane}`;
}
