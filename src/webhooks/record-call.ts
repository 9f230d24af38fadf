import { appendEntries } from '../audit/append-entries.ts';
import type { Database } from '../store/database.ts';

/**
 * The consumer took a message, or there is nothing for it up to a number: the webhook goes on behind it.
 *
 * @returns whether it goes on: not, where an operator has paused or moved it meanwhile
 */
export async function moveOn(
  database: Database,
  name: string,
  from: number,
  to: number,
  delivered: 0 | 1,
): Promise<boolean> {
  const [row] = await database.query<{ paused: boolean }>({
    name: 'webhooks-move-on',
    // Only from where it stood: an operator may have moved it meanwhile.
    text: `update webhook set read_to = $3, delivered = delivered + $4,
             delivered_at = case when $4 > 0 then clock_timestamp() else delivered_at end,
             attempts = case when $4 > 0 then 0 else attempts end,
             failing_since = case when $4 > 0 then null else failing_since end,
             next_attempt_at = case when $4 > 0 then null else next_attempt_at end,
             last_error = case when $4 > 0 then null else last_error end
           where name = $1 and read_to = $2
           returning paused_at is not null as paused`,
    values: [name, from, to, delivered],
  });
  return row?.paused === false;
}

export interface FailedCall {
  message: string;
  error: string;
  waitMs: number;
  pauseAfterMs: number;
  /** Paused at once: the consumer said that it wants no more. */
  gone: boolean;
}

/**
 * A call failed: the webhook waits, or, where it has failed for too long, is paused until an operator resumes it.
 *
 * @returns whether it was paused
 */
export function recordFailedCall(
  database: Database,
  name: string,
  { message, error, waitMs, pauseAfterMs, gone }: FailedCall,
  now: Date,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const [row] = await tx.query<{ paused: boolean; failingSince: Date }>({
      name: 'webhooks-failed',
      text: `update webhook set attempts = attempts + 1, last_error = $2,
               failing_since = coalesce(failing_since, clock_timestamp()),
               next_attempt_at = clock_timestamp() + $3 * interval '1 ms',
               paused_at = case when $5 or failing_since < clock_timestamp() - $4 * interval '1 ms'
                                then clock_timestamp() end,
               paused_by = case when $5 or failing_since < clock_timestamp() - $4 * interval '1 ms'
                                then 'mra webhook' end,
               paused_reason = case when $5 or failing_since < clock_timestamp() - $4 * interval '1 ms'
                                    then $2 end
             where name = $1 and paused_at is null
             returning paused_at is not null as paused, failing_since as "failingSince"`,
      values: [name, error, waitMs, pauseAfterMs, gone],
    });
    if (!row?.paused) return false;
    const entry = { kind: 'webhook-paused', webhook: name, by: 'mra webhook', message, reason: error };
    await appendEntries(tx, [{ ...entry, failingSince: row.failingSince.toISOString() }], now);
    return true;
  });
}
