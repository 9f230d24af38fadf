import type { Database } from '../store/database.ts';

/** The database, or a transaction: who renews a lease in it holds off every other owner until it ends. */
type LeaseKeeper = Pick<Database, 'query'>;

/** How long a lease of a lane or a piece of work outlives its owner; the work of a killed process moves on after it. */
export const LEASE_MS = 8_000;
/** How often an owner renews its lease. */
export const LEASE_RENEW_MS = 2_000;

/** Takes the lease of one piece of work, by the database's clock. @returns whether it is ours */
export async function claimLease(database: LeaseKeeper, name: string, owner: string): Promise<boolean> {
  const rows = await database.query({
    name: 'leases-claim',
    text: `insert into worker (name, owner, lease_until)
           values ($1, $2, clock_timestamp() + $3 * interval '1 ms')
           on conflict (name) do update set owner = excluded.owner, lease_until = excluded.lease_until
             where worker.owner is null or worker.owner = excluded.owner or worker.lease_until < clock_timestamp()
           returning 1`,
    values: [name, owner, LEASE_MS],
  });
  return rows.length > 0;
}

/** @returns whether it is still ours */
export async function renewLease(database: LeaseKeeper, name: string, owner: string): Promise<boolean> {
  const rows = await database.query({
    name: 'leases-renew',
    text: `update worker set lease_until = clock_timestamp() + $3 * interval '1 ms'
           where name = $1 and owner = $2 returning 1`,
    values: [name, owner, LEASE_MS],
  });
  return rows.length > 0;
}

/** Releases only what is still ours. */
export async function releaseLease(database: LeaseKeeper, name: string, owner: string): Promise<void> {
  await database.query({
    name: 'leases-release',
    text: 'update worker set owner = null, lease_until = null where name = $1 and owner = $2',
    values: [name, owner],
  });
}
