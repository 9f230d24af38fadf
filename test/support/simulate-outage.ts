import type { Pair, Side } from './pair.ts';

export interface Outage {
  /** Requests of each lane. */
  requests: Map<string, number>;
  /** Requests beyond one for a lane and back-off interval. */
  excess: number;
  /** The longest pause of a lane, ms. */
  longestWaitMs: number;
}

/**
 * Lets a partner be away for some time on the pair's clock: each lane is drained when its pause is over, and also
 * woken in the middle of every pause, as messages that are accepted meanwhile do. Afterwards the partner is back.
 */
export async function simulateOutage(
  pair: Pair,
  from: Side,
  lanes: readonly string[],
  durationMs: number,
): Promise<Outage> {
  const outage: Outage = { requests: new Map(lanes.map((lane) => [lane, 0])), excess: 0, longestWaitMs: 0 };
  const startMs = pair.clockAheadMs;
  let sent = 0;
  pair.wire.post = async () => {
    sent++;
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  };
  /** Drains a lane at a time of the outage; counts its requests. */
  const drainAt = async (lane: string, atMs: number, allowed: number): Promise<number> => {
    pair.clockAheadMs = startMs + atMs;
    sent = 0;
    const [drained] = await pair.deliver(from, [lane]);
    outage.requests.set(lane, (outage.requests.get(lane) ?? 0) + sent);
    outage.excess += Math.max(0, sent - allowed);
    if (drained?.ended !== 'backing-off')
      throw new Error(`lane ${lane} ended ${drained?.ended} in the outage`);
    return drained.waitMs;
  };
  const dueMs = new Map(lanes.map((lane) => [lane, 0]));
  for (;;) {
    const [lane, atMs] = [...dueMs].reduce((first, next) => (next[1] < first[1] ? next : first));
    if (atMs > durationMs) break;
    const waitMs = await drainAt(lane, atMs, 1);
    outage.longestWaitMs = Math.max(outage.longestWaitMs, waitMs);
    // The clock of the database has moved on a little by itself.
    await drainAt(lane, atMs + waitMs / 2, 0);
    dueMs.set(lane, atMs + waitMs + 1);
  }
  pair.clockAheadMs = startMs + Math.max(durationMs, ...dueMs.values());
  pair.wire.post = (_to, _body, forward) => forward();
  return outage;
}
