import { appendEntries } from '../audit/append-entries.ts';
import type { Transaction } from '../store/database.ts';
import { findConfirmedNext, lockOwnKeys, makeActive } from './own-keys.ts';

/**
 * Makes the next key sign where every partner has confirmed it and its time has come. Acceptances under way finish
 * with the key of before; those after it use the new one.
 *
 * @param links ids of the configured links
 * @returns the key that signs from now on, if it is another
 */
export async function activateConfirmed(
  tx: Transaction,
  links: readonly string[],
  now: Date,
): Promise<string | undefined> {
  if ((await findConfirmedNext(tx, links, now)) === undefined) return undefined;
  await lockOwnKeys(tx);
  // Another process may have been first.
  const kid = await findConfirmedNext(tx, links, now);
  if (kid === undefined) return undefined;
  await makeActive(tx, kid, now);
  await appendEntries(tx, [{ kind: 'key-activated', kid }], now);
  return kid;
}
