import { appendEntries } from '../audit/append-entries.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import { keyFault } from './keys-error.ts';

/**
 * Stops a key of the partner's at once, wherever it was pinned: nothing it signed is taken any more, whatever its
 * `iat`. Every process of this side follows within seconds.
 *
 * @throws {KeysError} where no key of that name is pinned or announced
 */
export async function revokePartnerKey(
  tx: Transaction,
  { link, kid, reason, by }: { link: Link; kid: string; reason: string; by: string },
  now: Date,
): Promise<void> {
  const [row] =
    (await revokeRow(tx, link.id, kid, reason, by, now)) ??
    (await revokePinned(tx, link, kid, reason, by, now));
  if (!row) throw keyFault('no-key', link.id, `no key ${JSON.stringify(kid)} of the partner is pinned`);
  const entry = { kind: 'partner-key-revoked', link: link.id, kid, thumbprint: row.thumbprint, reason, by };
  await appendEntries(tx, [entry], now);
}

type Revoked = { thumbprint: string }[];

/** A key that came on the wire, or was revoked before. */
async function revokeRow(
  tx: Transaction,
  link: string,
  kid: string,
  reason: string,
  by: string,
  now: Date,
): Promise<Revoked | undefined> {
  const rows = await tx.query<{ thumbprint: string }>({
    name: 'keys-revoke-partner',
    text: `update partner_key set state = 'revoked', reason = $3, decided_at = $4, decided_by = $5
           where link = $1 and kid = $2 and state <> 'refused' returning thumbprint`,
    values: [link, kid, reason, now, by],
  });
  return rows.length > 0 ? rows : undefined;
}

/** A key of the partner's file: the file stays, the store says that it counts no more. */
async function revokePinned(
  tx: Transaction,
  link: Link,
  kid: string,
  reason: string,
  by: string,
  now: Date,
): Promise<Revoked> {
  const pinned = link.keys.get(kid) ?? link.encryptionKeys.find((key) => key.kid === kid);
  if (!pinned) return [];
  return tx.query<{ thumbprint: string }>({
    name: 'keys-revoke-pinned',
    text: `insert into partner_key (link, kid, thumbprint, state, reason, at, decided_at, decided_by)
           values ($1, $2, $3, 'revoked', $4, $5, $5, $6)
           on conflict (link, kid) do update set state = 'revoked', thumbprint = excluded.thumbprint,
             reason = excluded.reason, decided_at = excluded.decided_at, decided_by = excluded.decided_by
           returning thumbprint`,
    values: [link.id, kid, pinned.thumbprint, reason, now, by],
  });
}
