import type { Transaction } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';
import { FAILURES_BEFORE_SUSPICION } from './lane-health.ts';
import { parkMessages } from './park-messages.ts';
import type { PendingMessage } from './take-batch.ts';

/**
 * The partner has answered messages of a lane in which others are set aside: of those of another subject, the ones
 * that failed often enough alone are parked, the ones that were only tried meanwhile take their place again. What is
 * aside without a failure of its own (the link was to blame) stays so until nothing else is left.
 */
export async function settleAsides(
  tx: Transaction,
  { link, lane }: LaneRef,
  answered: readonly PendingMessage[],
  now: Date,
): Promise<{ parked: string[]; back: number }> {
  const rows = await tx.query<{ id: string; failures: number; error: string | null }>({
    name: 'delivery-settle-asides',
    text: `update outbox o set aside_at = case when failed_alone >= $4 then aside_at end, retry_at = null
           where link = $1 and lane = $2 and aside_at is not null and parked_at is null and failed_alone > 0
             and subject <> all ($3::text[])
           returning id, failed_alone as failures,
             (select last_error from lane l where l.link = $1 and l.lane = $2) as error`,
    values: [link, lane, [...new Set(answered.map((m) => m.subject))], FAILURES_BEFORE_SUSPICION],
  });
  const poisonous = rows.filter((row) => row.failures >= FAILURES_BEFORE_SUSPICION);
  const parkings = poisonous.map(({ id, failures, error }) => ({
    id,
    reason: `the partner failed at it ${failures} times and answered the next message: ${error ?? 'no reason kept'}`,
  }));
  await parkMessages(tx, link, parkings, now);
  return { parked: poisonous.map((p) => p.id), back: rows.length - poisonous.length };
}

/** Sets messages aside that the partner found faulty beside others that it took; nothing is held against them. */
export async function setAsideFaulty(
  tx: Transaction,
  link: string,
  ids: readonly string[],
  retryMs: number,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'delivery-set-aside-faulty',
    text: `update outbox set aside_at = coalesce(aside_at, $3), retry_at = clock_timestamp() + $4 * interval '1 ms'
           where link = $1 and id = any ($2::uuid[]) and parked_at is null`,
    values: [link, ids, now, retryMs],
  });
}
