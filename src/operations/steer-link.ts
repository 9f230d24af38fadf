import { appendEntries } from '../audit/append-entries.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { Database } from '../store/database.ts';

export type LinkAction = 'pause' | 'resume';

/** What the audit log says of it. */
const ENTRIES = {
  pause: { kind: 'link-paused' },
  resume: { kind: 'link-resumed' },
} as const satisfies Record<LinkAction, { kind: string }>;

/**
 * Halts delivery on a link by an operator's word, or lets it go on: after a pause, or after the gateway halted it
 * because the two sides hold different histories. The first reason of a halt is kept.
 *
 * @returns the lanes to be woken after the commit, or undefined where there is no such link
 */
export function steerLink(
  database: Database,
  link: string,
  action: LinkAction,
  by: string,
  reason: string | undefined,
): Promise<LaneRef[] | undefined> {
  return database.transaction(async (tx) => {
    const [before] = await tx.query<{ halted: string | null }>({
      name: 'operations-lock-link',
      text: 'select halted_reason as halted from link_state where link = $1 for update',
      values: [link],
    });
    if (!before) return undefined;
    await tx.query({
      name: 'operations-steer-link',
      text: `update link_state set
               halted_at = case $2 when 'pause' then coalesce(halted_at, clock_timestamp()) end,
               halted_reason = case $2 when 'pause' then coalesce(halted_reason, $3) end
             where link = $1`,
      values: [link, action, `paused by ${by}${reason === undefined ? '' : `: ${reason}`}`],
    });
    const entry = {
      ...ENTRIES[action],
      link,
      by,
      ...(reason === undefined ? {} : { reason }),
      ...(action === 'resume' && before.halted !== null ? { wasHalted: before.halted } : {}),
    };
    await appendEntries(tx, [entry], new Date());
    if (action === 'pause') return [];
    return tx.query<LaneRef>({
      name: 'operations-lanes-of-link',
      text: 'select link, lane from lane where link = $1',
      values: [link],
    });
  });
}
