import { appendEntries } from '../audit/append-entries.ts';
import type { Database } from '../store/database.ts';
import { findPlace } from '../streams/find-place.ts';
import type { From } from '../streams/stream.ts';

export interface Steering {
  by: string;
  reason?: string | undefined;
  now: Date;
}

export type WebhookAct =
  | { act: 'pause' | 'resume' }
  /** Passes over the message that it is called with next, if it is this one. */
  | { act: 'skip'; message: string }
  | { act: 'seek'; to: From };

/**
 * Does an operator's act on a webhook, with its audit entry. Whatever it is, the next attempt is due at once.
 *
 * @returns whether it was done: not, where the message to skip is not the next one
 */
export function steerWebhook(
  database: Database,
  name: string,
  wanted: WebhookAct,
  { by, reason, now }: Steering,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    await tx.query({
      name: 'webhooks-lock',
      text: 'select 1 from webhook where name = $1 for update',
      values: [name],
    });
    const to = wanted.act === 'seek' ? await findPlace(tx, wanted.to) : null;
    const done = await tx.query({
      name: 'webhooks-steer',
      text: `update webhook w set
               paused_at = case $2 when 'pause' then coalesce(paused_at, $6) when 'resume' then null else paused_at end,
               paused_by = case $2 when 'pause' then $3 when 'resume' then null else paused_by end,
               paused_reason = case $2 when 'pause' then $4 when 'resume' then null else paused_reason end,
               read_to = coalesce($5, next.number, read_to),
               attempts = 0, failing_since = null, next_attempt_at = null, last_error = null
             from (select 1) one left join lateral (
               select number, id from feed f, webhook v
               where $2 = 'skip' and v.name = $1 and f.number > v.read_to and f.link = v.link and f.type = any (v.types)
               order by number limit 1) next on true
             where w.name = $1 and ($2 <> 'skip' or next.id = $7::uuid)
             returning 1`,
      values: [name, wanted.act, by, reason ?? null, to, now, wanted.act === 'skip' ? wanted.message : null],
    });
    if (done.length === 0) return false;
    const more = wanted.act === 'skip' ? { message: wanted.message } : placeOf(wanted);
    const entry = { kind: `webhook-${ENTRY[wanted.act]}`, webhook: name, by, ...more };
    await appendEntries(tx, [reason === undefined ? entry : { ...entry, reason }], now);
    return true;
  });
}

const ENTRY = { pause: 'paused', resume: 'resumed', skip: 'skipped', seek: 'sought' } as const;

function placeOf(wanted: WebhookAct): { to?: string } {
  if (wanted.act !== 'seek') return {};
  return { to: wanted.to instanceof Date ? wanted.to.toISOString() : wanted.to };
}
