import type { Transaction } from '../store/database.ts';
import type { KeyRing, Signer } from './key-ring.ts';

/**
 * The key that signs now, by its row in the store, which stays locked for share until the transaction ends:
 * a revocation takes the row for update and so waits for acceptances under way, and they for it.
 */
export async function readActiveSigner(tx: Transaction, ring: KeyRing): Promise<Signer> {
  // Who waited for a change of keys finds the old row active no more, and the new one with a second look.
  const active = (await findActive(tx)) ?? (await findActive(tx));
  if (!active) throw new Error('no own key is active; run `mra keys generate` and restart');
  const signer = ring.signer(active.kid) ?? (await ring.find?.(active.kid));
  if (!signer) throw new Error(`the active key ${active.kid} is not among the private keys of this process`);
  return signer;
}

async function findActive(tx: Transaction): Promise<{ kid: string } | undefined> {
  const [active] = await tx.query<{ kid: string }>({
    name: 'keys-active',
    text: `select kid from own_key where state = 'active' for share`,
    values: [],
  });
  return active;
}
