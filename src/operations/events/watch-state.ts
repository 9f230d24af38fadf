import type { Logger } from 'pino';
import { runSoon } from '../../turns/run-soon.ts';
import type { HandledAlert } from '../alerts/handle-alert.ts';
import type { Job } from '../jobs/job.ts';
import type { LaneOverview } from '../lanes/read-lanes.ts';

/** What a console shows, as it is now. */
export interface ShownState {
  overview: object;
  lanes: readonly LaneOverview[];
  alerts: readonly HandledAlert[];
  /** The latest jobs, and all that are open. */
  jobs: readonly Job[];
}

export interface ShownEvent {
  event: 'overview' | 'alert-raised' | 'alert-cleared' | 'lane' | 'job';
  data: object;
}

/** Events that lead from one state to the next; from none, to everything but jobs that are over. */
export function eventsBetween(before: ShownState | undefined, now: ShownState): ShownEvent[] {
  const events: ShownEvent[] = [];
  if (!before || withoutTime(before.overview) !== withoutTime(now.overview)) {
    events.push({ event: 'overview', data: now.overview });
  }
  const alerts = new Map(before?.alerts.map((alert) => [alert.id, alert]));
  for (const alert of now.alerts) {
    if (differs(alerts.get(alert.id), alert)) events.push({ event: 'alert-raised', data: alert });
    alerts.delete(alert.id);
  }
  for (const { id, code, link, lane } of alerts.values()) {
    events.push({ event: 'alert-cleared', data: { id, code, link, lane } });
  }
  const lanes = new Map(before?.lanes.map((lane) => [`${lane.link}.${lane.lane}`, laneKey(lane)]));
  for (const lane of now.lanes) {
    if (lanes.get(`${lane.link}.${lane.lane}`) !== laneKey(lane)) events.push({ event: 'lane', data: lane });
  }
  const jobs = new Map(before?.jobs.map((job) => [job.id, job]));
  for (const job of now.jobs) {
    const known = jobs.get(job.id);
    if (known ? differs(known, job) : job.endedAt === null || before)
      events.push({ event: 'job', data: job });
  }
  return events;
}

function differs(before: object | undefined, now: object): boolean {
  return before === undefined || JSON.stringify(before) !== JSON.stringify(now);
}

function withoutTime(overview: object): string {
  return JSON.stringify({ ...overview, at: null });
}

/** What of a lane is worth an event: not its age, which everybody can count on. */
function laneKey({ state, pending, parked, held, attempts, lastError, nextAttemptAt }: LaneOverview): string {
  return JSON.stringify([state, pending, parked, held, attempts, lastError, nextAttemptAt]);
}

const INTERVAL_MS = 2_000;
/** Reading takes at most this share of the time: on a busy link what is live is counted for longer. */
const SHARE = 1 / 10;

export interface StateWatch extends AsyncDisposable {
  /** What a client that has just come is told first. */
  readonly state: ShownState | undefined;
}

/** Reads the state again and again and tells what changed, until disposed. */
export function watchState(
  read: () => Promise<ShownState>,
  tell: (events: readonly ShownEvent[]) => void,
  log: Pick<Logger, 'warn'>,
): StateWatch {
  let state: ShownState | undefined;
  let nextAt = 0;
  const running = runSoon({
    async work() {
      if (performance.now() < nextAt) return;
      const begun = performance.now();
      const now = await read();
      nextAt = performance.now() + (performance.now() - begun) / SHARE;
      const events = eventsBetween(state, now);
      state = now;
      if (events.length > 0) tell(events);
    },
    soonMs: INTERVAL_MS,
    idleMs: INTERVAL_MS,
    onError: (error) => log.warn({ err: error }, 'events: the state could not be read, next try in a moment'),
  });
  return {
    get state() {
      return state;
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
