import { appendEntries } from '../audit/append-entries.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { Database } from '../store/database.ts';

export type LaneAction = 'pause' | 'resume' | 'trigger';

/** What the audit log says of it. */
const ENTRIES = {
  pause: { kind: 'lane-paused' },
  resume: { kind: 'lane-resumed' },
  trigger: { kind: 'lane-triggered' },
} as const satisfies Record<LaneAction, { kind: string }>;

/**
 * Does an operator's act on one lane, with its audit entry. `trigger` forgets the wait for the next attempt;
 * the caller wakes the lane after the commit.
 *
 * @returns whether there is such a lane
 */
export function steerLane(
  database: Database,
  { link, lane }: LaneRef,
  action: LaneAction,
  by: string,
  reason: string | undefined,
): Promise<boolean> {
  const now = new Date();
  return database.transaction(async (tx) => {
    const rows = await tx.query({
      name: 'operations-steer-lane',
      text: `update lane set
               paused = case $3 when 'pause' then true when 'resume' then false else paused end,
               paused_by = case $3 when 'pause' then $4 when 'resume' then null else paused_by end,
               paused_reason = case $3 when 'pause' then $5 when 'resume' then null else paused_reason end,
               paused_at = case $3 when 'pause' then $6::timestamptz when 'resume' then null else paused_at end,
               next_attempt_at = case when $3 = 'pause' then next_attempt_at end
             where link = $1 and lane = $2 returning 1`,
      values: [link, lane, action, by, reason ?? null, now],
    });
    if (rows.length === 0) return false;
    // What waits by itself is tried at once, too.
    if (action !== 'pause') {
      await tx.query({
        name: 'operations-try-asides',
        text: 'update outbox set retry_at = null where link = $1 and lane = $2 and retry_at is not null',
        values: [link, lane],
      });
    }
    const entry = { ...ENTRIES[action], link, lane, by, ...(reason === undefined ? {} : { reason }) };
    await appendEntries(tx, [entry], now);
    return true;
  });
}

/** Makes the rows of a link's lanes and state, once; what is there stays as it is. */
export async function ensureLanes(database: Database, link: string, lanes: readonly string[]): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query({
      name: 'operations-ensure-link',
      text: 'insert into link_state (link) values ($1) on conflict do nothing',
      values: [link],
    });
    await tx.query({
      name: 'operations-ensure-lanes',
      text: `insert into lane (link, lane) select $1, unnest($2::text[]) on conflict do nothing`,
      values: [link, lanes],
    });
  });
}
