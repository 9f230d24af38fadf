import { appendEntries } from '../audit/append-entries.ts';
import type { Transaction } from '../store/database.ts';

export interface Parking {
  id: string;
  /** In words for the operator who decides. */
  reason: string;
}

/**
 * Parks messages of ours: they stay in the outbox and are not sent until an operator says so; later messages of
 * their subjects are held behind them, urgent ones excepted.
 */
export async function parkMessages(
  tx: Transaction,
  link: string,
  parkings: readonly Parking[],
  now: Date,
): Promise<void> {
  if (parkings.length === 0) return;
  const parked = await tx.query<{ id: string; reason: string }>({
    name: 'delivery-park',
    text: `update outbox o set parked_at = $4, parked_reason = u.reason, aside_at = null, retry_at = null
           from unnest($2::uuid[], $3::text[]) as u(id, reason)
           where o.link = $1 and o.id = u.id and o.parked_at is null
           returning o.id, u.reason`,
    values: [link, parkings.map((p) => p.id), parkings.map((p) => p.reason.slice(0, 1_000)), now],
  });
  const entries = parked.map(({ id, reason }) => ({ kind: 'message-parked', message: id, link, reason }));
  await appendEntries(tx, entries, now);
}
