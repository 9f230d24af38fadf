import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';

/** A lane that found nobody, as it stood then. Another process may have tried it since: then the row says otherwise. */
interface WaitingLane extends LaneRef {
  /** Failures in a row, as in its row. */
  attempts: number;
  /** `performance.now()` when it failed. */
  failedAt: number;
}

/** Between two times that the same is woken in vain: doubled each time, as pauses are. */
const AGAIN_FIRST_MS = 1_000;
const AGAIN_MAX_MS = 300_000;

interface WakingParts {
  database: Database;
  log: Logger;
  /** Drains lanes in this process at once, and ends the wait of their triggers. */
  hasten(refs: Iterable<LaneRef>): void;
}

/**
 * Ends the pauses of lanes whose partner was away as soon as it shows itself, instead of after up to five minutes.
 *
 * What counts is the way from us to it: an answer to messages of ours wakes every lane of the link. Any other sign of
 * life wakes one lane, whose answer then wakes the others. What is woken in vain is woken again after a second, two,
 * four, up to five minutes: a partner that can ask us and that we cannot reach costs hardly more than its silence.
 *
 * Known of are the lanes that failed in this process; those of a process that died wait for their own pause.
 */
export class ReturnWatch {
  readonly #parts: WakingParts;
  /** By link and lane. */
  readonly #waiting = new Map<string, Map<string, WaitingLane>>();
  readonly #lanes = new Vain();
  readonly #links = new Vain();

  constructor(parts: WakingParts) {
    this.#parts = parts;
  }

  /** A request of this lane found nobody after so many failures in a row, and the lane waits. */
  away({ link, lane }: LaneRef, attempts: number): void {
    const lanes = this.#waiting.get(link) ?? new Map<string, WaitingLane>();
    this.#waiting.set(link, lanes.set(lane, { link, lane, attempts, failedAt: performance.now() }));
  }

  /**
   * The partner answered a request of this lane.
   *
   * @param startedAt `performance.now()` when it was sent: what failed after that is not put right by it
   */
  answered(ref: LaneRef, startedAt: number): void {
    const lanes = this.#waiting.get(ref.link);
    if (!lanes) return;
    this.#lanes.forget(keyOf(ref));
    this.#links.forget(ref.link);
    lanes.delete(ref.lane);
    const due = [...lanes.values()].filter(
      (lane) => lane.failedAt < startedAt && this.#lanes.mayTry(keyOf(lane)),
    );
    if (due.length > 0) this.#wake(due, due.length);
    else if (lanes.size === 0) this.#waiting.delete(ref.link);
  }

  /** The partner asked something of us, answered something else, or was heard by another process. */
  noticed(link: string): void {
    const lanes = this.#waiting.get(link);
    if (!lanes || lanes.size === 0 || !this.#links.mayTry(link)) return;
    this.#wake([...lanes.values()], 1);
  }

  /** Wakes as many of these lanes at most; of those that are tried, what is not as it was is forgotten. */
  #wake(lanes: readonly WaitingLane[], most: number): void {
    endPauses(this.#parts.database, lanes, most).then(
      (ended) => {
        const keys = new Set(ended.map(keyOf));
        for (const lane of lanes) {
          const known = this.#waiting.get(lane.link);
          const isOver = ended.length < most || most === lanes.length || keys.has(keyOf(lane));
          if (isOver && known?.get(lane.lane) === lane) known.delete(lane.lane);
        }
        this.#parts.hasten(ended);
      },
      (error: unknown) => this.#parts.log.warn({ err: error }, 'lanes: not woken, they wait for their pause'),
    );
  }
}

/** What was tried without an answer since, and when it may be tried again. */
class Vain {
  readonly #tried = new Map<string, { times: number; againAt: number }>();

  /** @returns whether it may be tried; then it has been */
  mayTry(key: string): boolean {
    const now = performance.now();
    const { times, againAt } = this.#tried.get(key) ?? { times: 0, againAt: 0 };
    if (now < againAt) return false;
    const waitMs = Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** Math.min(times, 20));
    this.#tried.set(key, { times: times + 1, againAt: now + waitMs });
    return true;
  }

  forget(key: string): void {
    this.#tried.delete(key);
  }
}

/**
 * Of lanes that still are as they were: what has failed otherwise since, or was paused, waits for its own reason. A
 * crash after it leaves lanes that are due, and the reconciler finds them.
 */
async function endPauses(
  database: Database,
  lanes: readonly WaitingLane[],
  most: number,
): Promise<LaneRef[]> {
  return database.query<LaneRef>({
    name: 'delivery-end-pauses',
    text: `update lane l set next_attempt_at = null
           from (select l.link, l.lane from lane l
                 join unnest($1::text[], $2::text[], $3::integer[]) as w(link, lane, attempts) using (link, lane)
                 where l.attempts = w.attempts and l.next_attempt_at > clock_timestamp() and not l.paused
                 order by l.next_attempt_at limit $4) as due
           where l.link = due.link and l.lane = due.lane
           returning l.link, l.lane`,
    values: [lanes.map((l) => l.link), lanes.map((l) => l.lane), lanes.map((l) => l.attempts), most],
  });
}

function keyOf({ link, lane }: LaneRef): string {
  return `${link}.${lane}`;
}
