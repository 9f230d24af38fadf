import type { Secret } from '../../config/secrets.ts';
import type { Party } from '../../contract/party.ts';
import { type QueueAddress, readQueueAddress } from './queue-address.ts';

/** Where triggers are kept: beside the store, or on Redis or Valkey. */
export type QueuePlace = { connectionString: string } | { address: QueueAddress; name: string };

/** @param connectionString of the store */
export function queuePlace(
  { queue, party }: { queue: { url?: Secret }; party: Party },
  connectionString: string,
): QueuePlace {
  if (queue.url === undefined) return { connectionString };
  const address = readQueueAddress(queue.url.reveal());
  // The configuration was checked when it was read.
  if ('fault' in address) throw new Error(`queue.url ${address.fault}`);
  return { address, name: `lanes-${party.toLowerCase()}` };
}
