import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';

/** A lane whose trigger was lost is found within this long. */
const INTERVAL_MS = 5_000;

/** Lanes with something to send, due, not paused, and nobody at work on them. */
export async function findIdleLanes(database: Database): Promise<LaneRef[]> {
  return database.query<LaneRef>({
    name: 'delivery-find-idle-lanes',
    text: `select l.link, l.lane from lane l
           where not l.paused
             and (l.next_attempt_at is null or l.next_attempt_at <= clock_timestamp())
             and (l.owner is null or l.lease_until < clock_timestamp())
             and exists (select from outbox o where o.link = l.link and o.lane = l.lane)
             and not exists (select from link_state s where s.link = l.link and s.halted_at is not null)`,
    values: [],
  });
}

/**
 * Triggers idle lanes with pending rows, at start and ever after: repairs an acceptance whose process died
 * before the trigger, and a queue that lost its jobs.
 */
export function reconcileLanes(
  database: Database,
  trigger: (refs: Iterable<LaneRef>) => void,
  log: Logger,
): AsyncDisposable {
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      trigger(await findIdleLanes(database));
    } catch (error) {
      log.warn({ err: error }, 'lanes: reconciler failed, next pass in a moment');
    }
  };
  running = run();
  const timer = setInterval(() => {
    running = run();
  }, INTERVAL_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
