import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';

/** A lane that found nobody, as it stood then. */
interface WaitingLane extends LaneRef {
  /** Failures in a row, as in its row: what has failed otherwise since waits for its own reason. */
  attempts: number;
  /** `performance.now()` when it failed. */
  failedAt: number;
  /** It was woken before its pause was over, and failed again: the pause that it has now is kept to its end. */
  spent: boolean;
}

/** A probe has been answered, or has failed, by then: the limit of a request, and the time for its record. */
const PROBE_MS_MAX = 10_000;

interface WakingParts {
  database: Database;
  log: Logger;
  /** Drains lanes in this process at once, and ends the wait of their triggers. */
  hasten(refs: Iterable<LaneRef>): void;
}

/**
 * Ends the pauses of lanes whose partner was away as soon as it shows itself, instead of after up to five minutes.
 *
 * What counts is the way from us to it: an answer to one of our requests wakes every lane of the link. A request of the
 * partner's own, or one that another process of ours heard, wakes one lane, whose answer then wakes the others: a
 * partner that can ask us and that we cannot reach costs one probe more for a pause, not one for each lane. A lane that
 * was woken and failed again keeps its next pause to the end.
 *
 * Known of are the lanes that failed in this process; those of a process that died wait for their own pause.
 */
export class ReturnWatch {
  readonly #parts: WakingParts;
  /** By link and lane. */
  readonly #waiting = new Map<string, Map<string, WaitingLane>>();
  /** Lanes that were woken and have not failed or been answered since, and when. */
  readonly #woken = new Map<string, number>();

  constructor(parts: WakingParts) {
    this.#parts = parts;
  }

  /** A request of this lane found nobody, and the lane waits. */
  away({ link, lane }: LaneRef, attempts: number): void {
    const spent = this.#woken.delete(keyOf({ link, lane }));
    const lanes = this.#waiting.get(link) ?? new Map<string, WaitingLane>();
    this.#waiting.set(link, lanes.set(lane, { link, lane, attempts, failedAt: performance.now(), spent }));
  }

  /**
   * The partner answered a request of this lane.
   *
   * @param startedAt `performance.now()` when it was sent: what failed after that is not put right by it
   */
  answered(ref: LaneRef, startedAt: number): void {
    this.#woken.delete(keyOf(ref));
    const lanes = this.#waiting.get(ref.link);
    if (!lanes) return;
    lanes.delete(ref.lane);
    this.#wake([...lanes.values()].filter(({ failedAt, spent }) => !spent && failedAt < startedAt));
  }

  /** The partner asked something of us, answered a ping, or was heard by another process. */
  heard(link: string): void {
    const lanes = [...(this.#waiting.get(link)?.values() ?? [])];
    if (lanes.length === 0 || lanes.some(({ spent }) => spent) || this.#isProbing(link)) return;
    this.#wake(lanes.slice(0, 1));
  }

  #isProbing(link: string): boolean {
    const since = performance.now() - PROBE_MS_MAX;
    return [...this.#woken].some(([key, at]) => at > since && key.startsWith(`${link}.`));
  }

  #wake(lanes: readonly WaitingLane[]): void {
    if (lanes.length === 0) return;
    for (const lane of lanes) {
      this.#waiting.get(lane.link)?.delete(lane.lane);
      this.#woken.set(keyOf(lane), performance.now());
    }
    endPauses(this.#parts.database, lanes).then(
      (ended) => this.#parts.hasten(ended),
      (error: unknown) => this.#parts.log.warn({ err: error }, 'lanes: not woken, they wait for their pause'),
    );
  }
}

/** A crash after it leaves lanes that are due, and the reconciler finds them. */
async function endPauses(database: Database, lanes: readonly WaitingLane[]): Promise<LaneRef[]> {
  return database.query<LaneRef>({
    name: 'delivery-end-pauses',
    text: `update lane l set next_attempt_at = null
           from unnest($1::text[], $2::text[], $3::integer[]) as w(link, lane, attempts)
           where l.link = w.link and l.lane = w.lane and l.attempts = w.attempts
             and l.next_attempt_at > clock_timestamp() and not l.paused
           returning l.link, l.lane`,
    values: [lanes.map((l) => l.link), lanes.map((l) => l.lane), lanes.map((l) => l.attempts)],
  });
}

function keyOf({ link, lane }: LaneRef): string {
  return `${link}.${lane}`;
}
