import type { Claim } from '../claim.ts';
import { proveOutage } from '../outage/prove-outage.ts';

/** What faults cost: an outage of an hour and the backlog after it. */
export async function prove(): Promise<Claim[]> {
  return proveOutage();
}
