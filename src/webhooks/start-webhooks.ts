import type { Logger } from 'pino';
import type { ReadLog } from '../access/record-reads.ts';
import type { WebhookConfig } from '../config/config.ts';
import type { FeedSignal } from '../feed/await-change.ts';
import type { Database } from '../store/database.ts';
import { runLeased } from '../turns/run-leased.ts';
import { openTarget } from './call-webhook.ts';
import { ensureWebhooks } from './ensure-webhooks.ts';
import { runWebhook } from './run-webhook.ts';

export interface StartingParts {
  database: Database;
  log: Logger;
  webhooks: readonly WebhookConfig[];
  signal: FeedSignal;
  reads: ReadLog;
  /** Of this process. */
  owner: string;
  /** The gateway stops: calls end at once. */
  stop: AbortSignal;
}

/** Calls the configured webhooks, each from one process of the side at a time. */
export async function startWebhooks(parts: StartingParts, stack: AsyncDisposableStack): Promise<void> {
  const { database, log, owner, signal, reads, stop } = parts;
  await ensureWebhooks(database, parts.webhooks, new Date());
  for (const webhook of parts.webhooks) {
    const target = stack.use(openTarget(webhook));
    const calling = { database, log, webhook, target, signal, reads };
    const work = (over: AbortSignal): Promise<void> => runWebhook(calling, AbortSignal.any([over, stop]));
    stack.use(runLeased({ database, log, owner, name: `webhook.${webhook.name}`, work }));
  }
}
