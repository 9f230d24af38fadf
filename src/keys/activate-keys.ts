import type { Database, Transaction } from '../store/database.ts';
import type { KeyRing, OwnKey } from './key-ring.ts';

/**
 * Enters the private keys of this gateway into the store. Where none is active yet, the newest one becomes
 * so; later changes are an operator's act and not a matter of which files lie in a folder.
 *
 * @throws Error where the active key is not among the private keys
 */
export async function activateKeys(database: Database, ring: KeyRing): Promise<void> {
  if (ring.keys.length === 0) throw new Error('there is no own key yet; run `mra keys generate`');
  const active = await database.transaction(async (tx) => {
    await enterKeys(tx, ring.keys);
    await tx.query({
      name: 'keys-activate-first',
      text: `update own_key set state = 'active'
             where kid = (select kid from own_key where state = 'next' and not_before <= now()
                          order by not_before desc, kid desc limit 1)
               and not exists (select from own_key where state = 'active')`,
      values: [],
    });
    const [row] = await tx.query<{ kid: string }>({
      name: 'keys-which-active',
      text: `select kid from own_key where state = 'active'`,
      values: [],
    });
    return row?.kid;
  });
  if (active === undefined || !ring.signer(active)) {
    throw new Error(`the active key ${active ?? ''} is not among the private keys; put its file back`);
  }
}

/** Enters keys that the store does not know, to wait for their turn. */
export async function enterKeys(tx: Transaction, keys: readonly OwnKey[]): Promise<void> {
  await tx.query({
    name: 'keys-enter',
    text: `insert into own_key (kid, thumbprint, alg, state, not_before, not_after)
           select kid, thumbprint, alg, 'next', not_before, not_after
           from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
             as u(kid, thumbprint, alg, not_before, not_after)
           on conflict (kid) do nothing`,
    values: [
      keys.map((k) => k.kid),
      keys.map((k) => k.thumbprint),
      keys.map((k) => k.alg),
      keys.map((k) => k.notBefore),
      keys.map((k) => k.notAfter ?? null),
    ],
  });
}
