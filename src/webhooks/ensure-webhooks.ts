import type { WebhookConfig } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { findPlace } from '../streams/find-place.ts';

/** Makes the rows of the configured webhooks, once; one that is there keeps its place, and takes a changed filter. */
export async function ensureWebhooks(
  database: Database,
  webhooks: readonly WebhookConfig[],
  now: Date,
): Promise<void> {
  for (const { name, link, types, from } of webhooks) {
    await database.transaction(async (tx) => {
      await tx.query({
        name: 'webhooks-ensure',
        text: `insert into webhook (name, link, types, read_to, created_at) values ($1, $2, $3, $4, $5)
               on conflict (name) do update set link = excluded.link, types = excluded.types
                 where webhook.link <> excluded.link or webhook.types <> excluded.types`,
        values: [name, link, types, await findPlace(tx, from), now],
      });
    });
  }
}
