import { appendEntries } from '../../audit/append-entries.ts';
import type { Act } from '../../delivery/withdraw-messages.ts';
import type { Transaction } from '../../store/database.ts';
import { DeadLetterError } from './dead-letter-error.ts';

/**
 * Lets a refusal rest: the message stays on record as refused, and nobody is asked about it any more.
 *
 * @throws DeadLetterError `conflict` where it does not wait as a refused one
 */
export async function dismissRefused(
  tx: Transaction,
  link: string,
  id: string,
  { by, reason, now }: Act,
): Promise<void> {
  const rows = await tx.query({
    name: 'operations-dismiss-refused',
    text: 'delete from dead_letter where link = $1 and id = $2 returning 1',
    values: [link, id],
  });
  if (rows.length === 0) {
    throw new DeadLetterError('conflict', `The message ${id} does not wait as a refused one.`);
  }
  const entry = {
    kind: 'refusal-dismissed',
    message: id,
    link,
    by,
    ...(reason === undefined ? {} : { reason }),
  };
  await appendEntries(tx, [entry], now);
}
