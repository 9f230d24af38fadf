import type { Database } from '../store/database.ts';

/** How long a lease outlives its owner; the work of a killed process moves on after it. */
export const LEASE_MS = 8_000;
/** How often an owner renews its lease. */
export const LEASE_RENEW_MS = 2_000;

export interface LaneRef {
  link: string;
  lane: string;
}

export interface LaneLease {
  /** Failures in a row before this one. */
  attempts: number;
}

/** Why a lane is not to be drained now. */
export type NotClaimed =
  | { reason: 'owned' | 'paused' | 'halted' }
  | { reason: 'backing-off'; waitMs: number };

/**
 * Takes the lease of a lane for `owner`, by the database's clock. A lease only saves traffic: two owners at
 * once would send the same messages twice, which has one effect.
 */
export async function claimLane(
  database: Database,
  { link, lane }: LaneRef,
  owner: string,
): Promise<LaneLease | NotClaimed> {
  const [claimed] = await database.query<LaneLease>({
    name: 'delivery-claim-lane',
    text: `update lane set owner = $3, lease_until = clock_timestamp() + $4 * interval '1 ms'
           where link = $1 and lane = $2 and not paused
             and (owner is null or owner = $3 or lease_until < clock_timestamp())
             and (next_attempt_at is null or next_attempt_at <= clock_timestamp())
             and not exists (select from link_state s where s.link = $1 and s.halted_at is not null)
           returning attempts`,
    values: [link, lane, owner, LEASE_MS],
  });
  if (claimed) return claimed;
  const [state] = await database.query<{ paused: boolean; waitMs: number | null; halted: boolean }>({
    name: 'delivery-why-not-claimed',
    text: `select paused, extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 as "waitMs",
                  exists (select from link_state s where s.link = $1 and s.halted_at is not null) as halted
           from lane where link = $1 and lane = $2`,
    values: [link, lane],
  });
  if (state?.halted) return { reason: 'halted' };
  if (state?.paused) return { reason: 'paused' };
  if (state?.waitMs && state.waitMs > 0) return { reason: 'backing-off', waitMs: Math.ceil(state.waitMs) };
  return { reason: 'owned' };
}

/** @returns whether the lease is still ours */
export async function renewLease(
  database: Database,
  { link, lane }: LaneRef,
  owner: string,
): Promise<boolean> {
  const rows = await database.query({
    name: 'delivery-renew-lease',
    text: `update lane set lease_until = clock_timestamp() + $4 * interval '1 ms'
           where link = $1 and lane = $2 and owner = $3 returning 1`,
    values: [link, lane, owner, LEASE_MS],
  });
  return rows.length > 0;
}

/** Releases only what is still ours. */
export async function releaseLane(database: Database, { link, lane }: LaneRef, owner: string): Promise<void> {
  await database.query({
    name: 'delivery-release-lane',
    text: 'update lane set owner = null, lease_until = null where link = $1 and lane = $2 and owner = $3',
    values: [link, lane, owner],
  });
}
