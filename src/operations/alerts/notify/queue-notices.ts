import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../../../store/database.ts';
import type { Alert } from '../alert.ts';

/**
 * Keeps what is to be told, in the transaction that finds it: each time an alert comes or goes is told once, under an id
 * of its own by which a receiver knows a repeat. Nothing is told of an alert that is muted.
 */
export async function queueNotices(
  tx: Transaction,
  { raised, cleared }: { raised: readonly Alert[]; cleared: readonly Alert[] },
  now: Date,
): Promise<void> {
  const told = [
    ...raised.map((alert) => ({ type: 'alert.raised', alert })),
    ...cleared.map((alert) => ({ type: 'alert.cleared', alert })),
  ];
  if (told.length === 0) return;
  await tx.query({
    name: 'alerts-queue-notices',
    text: `insert into alert_notice (id, body, created_at, due_at)
           select u.id, u.body, $4, $4 from unnest($1::uuid[], $2::text[], $3::text[]) as u(id, alert, body)
           where not exists (select from alert_handling h where h.id = u.alert and h.muted_until > $4)`,
    values: [
      told.map(() => uuidv7()),
      told.map(({ alert }) => alert.id),
      told.map(({ type, alert }) => JSON.stringify({ type, timestamp: now, data: alert })),
      now,
    ],
  });
}
