import { appendEntries } from '../audit/append-entries.ts';
import type { Transaction } from '../store/database.ts';
import type { KeyRing } from './key-ring.ts';
import { keyFault } from './keys-error.ts';
import { type KeyState, lockOwnKeys, makeActive } from './own-keys.ts';

export interface Revocation {
  kid: string;
  reason: string;
  by: string;
}

export interface Revoked {
  kid: string;
  /** The key that signs from now on, where the revoked one did. */
  successor?: string;
  /** Links whose partner has not confirmed the successor: they take nothing of ours until they have pinned it. */
  unconfirmed: string[];
}

/**
 * Stops a key of ours at once. It waits for acceptances under way, and they for it: none signs with it after this
 * transaction. Where it signed, the next key does from now on, confirmed or not, because a key in wrong hands is
 * worse than a link that waits.
 *
 * @param links ids of the configured links
 * @throws {KeysError} where there is no such key, or none to take its place
 */
export async function revokeKey(
  tx: Transaction,
  ring: Pick<KeyRing, 'signer'>,
  links: readonly string[],
  { kid, reason, by }: Revocation,
  now: Date,
): Promise<Revoked> {
  await lockOwnKeys(tx);
  const [row] = await tx.query<{ state: KeyState }>({
    name: 'keys-state-of',
    text: 'select state from own_key where kid = $1 for update',
    values: [kid],
  });
  if (!row) throw keyFault('no-key', kid, 'is no signing key of ours');
  if (row.state === 'revoked') throw keyFault('no-key', kid, 'is revoked already');
  const successor = row.state === 'active' ? await succeed(tx, ring, kid, links, now) : undefined;
  await tx.query({
    name: 'keys-revoke-own',
    text: `update own_key set state = 'revoked', changed_at = $2, revoked_reason = $3 where kid = $1`,
    values: [kid, now, reason],
  });
  await appendEntries(
    tx,
    [{ kind: 'key-revoked', kid, reason, by, ...(successor ? { successor: successor.kid } : {}) }],
    now,
  );
  return {
    kid,
    ...(successor ? { successor: successor.kid } : {}),
    unconfirmed: successor ? links.filter((link) => !successor.confirmed.includes(link)) : [],
  };
}

interface Successor {
  kid: string;
  confirmed: string[];
}

/** The next key that most partners have confirmed, of those the newest. */
async function succeed(
  tx: Transaction,
  ring: Pick<KeyRing, 'signer'>,
  kid: string,
  links: readonly string[],
  now: Date,
): Promise<Successor> {
  const rows = await tx.query<Successor>({
    name: 'keys-successors',
    text: `select k.kid, array(select a.link from key_announcement a
                               where a.kid = k.kid and a.confirmed_at is not null and a.link = any ($1::text[])) as confirmed
           from own_key k
           where state = 'next' and not_before <= $2 and (not_after is null or not_after > $2)
           order by cardinality(array(select a.link from key_announcement a
                                      where a.kid = k.kid and a.confirmed_at is not null and a.link = any ($1::text[]))) desc,
             not_before desc, kid desc`,
    values: [links, now],
  });
  const successor = rows.find((row) => ring.signer(row.kid) !== undefined);
  if (!successor) {
    throw keyFault('no-key', kid, 'signs now, and there is no key to take its place. Run: mra keys generate');
  }
  await makeActive(tx, successor.kid, now);
  return successor;
}
