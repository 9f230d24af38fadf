import type { Database } from '../store/database.ts';
import { LEASE_MS } from '../turns/lease.ts';
import type { LaneHealth } from './lane-health.ts';

export interface LaneRef {
  link: string;
  lane: string;
}

export interface LaneLease {
  health: LaneHealth;
  /** The contract edition that the partner announced last, `Mra-Edition`; null before it said one. */
  partnerEdition: string | null;
}

/** Why a lane is not to be drained now. */
export type NotClaimed =
  | { reason: 'owned' | 'paused' | 'halted' }
  | { reason: 'backing-off'; waitMs: number };

/**
 * Takes the lease of a lane for `owner`, by the database's clock. A lease only saves traffic: two owners at
 * once would send the same messages twice, which has one effect.
 *
 * @param aheadMs how far the caller's idea of now is ahead of that clock: 0 but in simulations
 */
export async function claimLane(
  database: Database,
  { link, lane }: LaneRef,
  owner: string,
  aheadMs = 0,
): Promise<LaneLease | NotClaimed> {
  const [claimed] = await database.query<LaneHealth & Pick<LaneLease, 'partnerEdition'>>({
    name: 'delivery-claim-lane',
    text: `update lane set owner = $3, lease_until = clock_timestamp() + $4 * interval '1 ms'
           where link = $1 and lane = $2 and not paused
             and (owner is null or owner = $3 or lease_until < clock_timestamp())
             and (next_attempt_at is null or next_attempt_at <= clock_timestamp() + $5 * interval '1 ms')
             and not exists (select from link_state s where s.link = $1 and s.halted_at is not null)
           returning attempts, batch_limit as "batchLimit", suspects, server_failures as "serverFailures",
             singles_failed as "singlesFailed",
             (select partner_edition from link_state where link = $1) as "partnerEdition",
             (select count(*) from outbox o where o.link = $1 and o.lane = $2 and o.aside_at is not null
                and (o.parked_at is not null or o.aside_at is not null or o.edition > 1)) as asides`,
    values: [link, lane, owner, LEASE_MS, aheadMs],
  });
  if (claimed) {
    const { partnerEdition, ...health } = claimed;
    return { health, partnerEdition };
  }
  const [state] = await database.query<{ paused: boolean; waitMs: number | null; halted: boolean }>({
    name: 'delivery-why-not-claimed',
    text: `select paused, extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 - $3 as "waitMs",
                  exists (select from link_state s where s.link = $1 and s.halted_at is not null) as halted
           from lane where link = $1 and lane = $2`,
    values: [link, lane, aheadMs],
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
