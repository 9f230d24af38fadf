import { readStoredSet } from '../envelope/read-set.ts';
import type { Receipt } from '../generated/messages.ts';
import type { Transaction } from '../store/database.ts';

/**
 * A receipt message that is withdrawn, or refused and given up, makes what it receipted owed again (protocol.md 4):
 * the next receipt message says it.
 */
export async function oweReceiptsAgain(
  tx: Transaction,
  link: string,
  messages: readonly { type: string; jws: string | null }[],
  now: Date,
): Promise<void> {
  const receipts = messages.flatMap(({ type, jws }) =>
    type === 'receipt' && jws !== null ? (readStoredSet(jws).event.data as Receipt).receipts : [],
  );
  if (receipts.length === 0) return;
  await tx.query({
    name: 'delivery-owe-receipts-again',
    text: `insert into receipt_owed (link, id, sha256, outcome, err, received_at)
           select $1, u.id, decode(u.sha256, 'hex'), u.outcome, u.err, coalesce(u.received_at, $7)
           from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
             as u(id, sha256, outcome, err, received_at)
           on conflict (link, id) do nothing`,
    values: [
      link,
      receipts.map((r) => r.jti),
      receipts.map((r) => Buffer.from(r.sha256, 'base64url').toString('hex')),
      receipts.map((r) => r.outcome),
      receipts.map((r) => r.err ?? null),
      receipts.map((r) => r.receivedAt),
      now,
    ],
  });
}
