import { appendEntries } from '../../audit/append-entries.ts';
import type { LaneRef } from '../../delivery/claim-lane.ts';
import type { Act } from '../../delivery/withdraw-messages.ts';
import type { Transaction } from '../../store/database.ts';
import { DeadLetterError } from './dead-letter-error.ts';

/**
 * Lets a parked message go again, with the same bytes, and what is held behind it.
 *
 * @returns its lane, to be woken after the commit
 * @throws DeadLetterError `conflict` where it is not parked (any more)
 */
export async function retryParked(
  tx: Transaction,
  link: string,
  id: string,
  { by, reason, now }: Act,
): Promise<LaneRef> {
  const [row] = await tx.query<{ lane: string }>({
    name: 'operations-retry-parked',
    text: `update outbox set parked_at = null, parked_reason = null, failed_alone = 0, aside_at = null, retry_at = null
           where link = $1 and id = $2 and parked_at is not null returning lane`,
    values: [link, id],
  });
  if (!row) throw new DeadLetterError('conflict', `The message ${id} is not parked.`);
  const entry = {
    kind: 'message-retried',
    message: id,
    link,
    by,
    ...(reason === undefined ? {} : { reason }),
  };
  await appendEntries(tx, [entry], now);
  return { link, lane: row.lane };
}
