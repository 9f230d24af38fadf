import type { Transaction } from '../store/database.ts';
import type { KeyRing, Signer } from './key-ring.ts';

/**
 * The key that signs now, by its row in the store, which stays locked for share until the transaction ends:
 * a revocation takes the row for update and so waits for acceptances under way, and they for it.
 */
export async function readActiveSigner(tx: Transaction, ring: KeyRing): Promise<Signer> {
  const [active] = await tx.query<{ kid: string }>({
    name: 'keys-active',
    text: `select kid from own_key where state = 'active' for share`,
    values: [],
  });
  if (!active) throw new Error('no own key is active; run `mra keys generate` and restart');
  const signer = ring.signer(active.kid);
  if (!signer) throw new Error(`the active key ${active.kid} is not among the private keys of this process`);
  return signer;
}
