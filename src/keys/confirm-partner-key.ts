import { appendEntries } from '../audit/append-entries.ts';
import { type OwnMessageParts, sendOwnMessage } from '../delivery/send-own-message.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import { keyFault } from './keys-error.ts';

/**
 * An operator confirms a key that the partner announced, with the thumbprint that the partner read out over another
 * channel: it is pinned, and the partner is told so.
 *
 * @throws {KeysError} where no key waits under that name, or its thumbprint is another
 */
export async function confirmPartnerKey(
  tx: Transaction,
  parts: OwnMessageParts,
  { link, kid, thumbprint, by }: { link: Link; kid: string; thumbprint: string; by: string },
  now: Date,
): Promise<void> {
  const [row] = await tx.query<{ thumbprint: string; state: string }>({
    name: 'keys-announced-of',
    text: 'select thumbprint, state from partner_key where link = $1 and kid = $2 for update',
    values: [link.id, kid],
  });
  if (!row || row.state === 'refused' || row.state === 'revoked') {
    throw keyFault('no-key', link.id, `no key ${JSON.stringify(kid)} waits to be confirmed`);
  }
  if (row.thumbprint !== thumbprint) {
    throw keyFault(
      'thumbprint-mismatch',
      link.id,
      `the key ${JSON.stringify(kid)} that was announced has another thumbprint. Have the partner read it out again, and tell them`,
    );
  }
  await tx.query({
    name: 'keys-pin-announced',
    text: `update partner_key set state = 'pinned', decided_at = $3, decided_by = $4 where link = $1 and kid = $2`,
    values: [link.id, kid, now, by],
  });
  await appendEntries(tx, [{ kind: 'partner-key-confirmed', link: link.id, kid, thumbprint, by }], now);
  await sendOwnMessage(tx, parts, link, { type: 'key-confirmed', data: { thumbprint } }, now, { by, kid });
}
