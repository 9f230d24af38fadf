import type { Drained } from '../../src/delivery/drain-lane.ts';
import type { Pair, Side } from './pair.ts';

/** What one request carried and how it was answered. */
export interface SeenRequest {
  ids: string[];
  status: number | null;
  /** When, on the pair's clock, ms. */
  at: number;
}

/** Messages of a request by their ids. */
export function idsOf(body: string): string[] {
  return Object.keys(JSON.parse(body).sets);
}

/**
 * Drains one lane again and again, letting the time of each back-off pass, until it is empty.
 *
 * @returns how often it was drained
 * @throws Error when it does not come to an end
 */
export async function drainToTheEnd(pair: Pair, from: Side, lane = '0', roundsMax = 60): Promise<number> {
  for (let round = 1; round <= roundsMax; round++) {
    const [drained] = await pair.deliver(from, [lane]);
    if (drained?.ended !== 'backing-off') return round;
    letPass(pair, drained);
  }
  throw new Error(`lane ${lane} still backs off after ${roundsMax} rounds`);
}

export function letPass(pair: Pair, drained: Drained): void {
  if (drained.ended === 'backing-off') pair.clockAheadMs += drained.waitMs + 1;
}

export interface OutboxRow {
  id: string;
  subject: string;
  aside: boolean;
  parked: boolean;
  reason: string | null;
}

export function outboxOf(side: Side): Promise<OutboxRow[]> {
  return side.db.sql<OutboxRow & Record<string, unknown>>(
    `select id, subject, aside_at is not null as aside, parked_at is not null as parked, parked_reason as reason
     from outbox where lane <> 'control' order by position`,
  );
}

export async function laneRow(side: Side, lane = '0'): Promise<Record<string, unknown>> {
  const [row] = await side.db.sql('select * from lane where lane = $1', [lane]);
  if (!row) throw new Error(`there is no lane ${lane}`);
  return row;
}
