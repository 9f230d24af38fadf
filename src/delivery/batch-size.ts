/** SETs of a lane's first request: one that is answered within a quarter of a second on a small machine. */
export const FIRST_BATCH_SETS = 64;
const BATCH_SETS_MIN = 16;

/** An urgent message waits for the one request of its lane that is under way: a second is too long. */
const SLOW_MS = 400;
const QUICK_MS = 200;

/**
 * How many SETs the next request of a lane carries: half as many after a slow one, twice as many after a quick one.
 * A busy partner is so asked for little at a time, and an idle one for as much as the link allows.
 *
 * @param ms from sending the last request until its answer was on record, less the way there and back: a far partner is
 *   no busy one, and small requests would only travel more often
 */
export function nextBatchSize(size: number, ms: number, setsMax: number): number {
  if (ms > SLOW_MS) return Math.min(setsMax, Math.max(BATCH_SETS_MIN, Math.floor(size / 2)));
  return ms < QUICK_MS ? Math.min(setsMax, size * 2) : size;
}
