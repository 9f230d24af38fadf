import type { Database } from '../store/database.ts';

export interface WebhookState {
  name: string;
  link: string;
  types: readonly string[];
  state: 'delivering' | 'failing' | 'paused';
  attempts: number;
  failingSince: Date | null;
  nextAttemptAt: Date | null;
  lastError: string | null;
  delivered: number;
  deliveredAt: Date | null;
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  /** Changes of the feed behind its place, those that are not for it included. */
  behind: number;
  /** The message that it is called with next, and when that was received; null where none waits. */
  next: string | null;
  oldestOwedAt: Date | null;
}

/** The webhooks of these names, with how far they are. */
export function listWebhooks(
  database: Pick<Database, 'query'>,
  names: readonly string[],
): Promise<WebhookState[]> {
  return database.query<WebhookState>({
    name: 'webhooks-list',
    text: `select w.name, w.link, w.types,
             case when w.paused_at is not null then 'paused' when w.attempts > 0 then 'failing' else 'delivering' end as state,
             w.attempts, w.failing_since as "failingSince", w.next_attempt_at as "nextAttemptAt",
             w.last_error as "lastError", w.delivered, w.delivered_at as "deliveredAt",
             w.paused_at as "pausedAt", w.paused_by as "pausedBy", w.paused_reason as "pausedReason",
             (select feed_number from store_meta) - w.read_to as behind,
             owed.id as next,
             (select m.at from message m where m.id = owed.id and m.link = w.link and m.direction = 'in')
               as "oldestOwedAt"
           from webhook w left join lateral (
             select id from feed f where f.number > w.read_to and f.link = w.link and f.type = any (w.types)
             order by number limit 1) owed on true
           where w.name = any ($1::text[]) order by w.name`,
    values: [names],
  });
}
