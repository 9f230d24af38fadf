import type { Logger } from 'pino';
import type { ReadLog } from '../access/record-reads.ts';
import type { WebhookConfig } from '../config/config.ts';
import { backOffMs, type RetryPolicy } from '../delivery/back-off.ts';
import type { FeedSignal } from '../feed/await-change.ts';
import type { Database } from '../store/database.ts';
import type { WebhookTarget } from './call-webhook.ts';
import { type Event, readNext } from './read-next.ts';
import { moveOn, recordFailedCall } from './record-call.ts';

export interface WebhookParts {
  database: Database;
  log: Logger;
  webhook: WebhookConfig;
  target: WebhookTarget;
  /** Raised when the feed grows. */
  signal: FeedSignal;
  reads: Pick<ReadLog, 'record'>;
  /** That of the lanes unless told. */
  retry?: RetryPolicy;
}

const RETRY: RetryPolicy = { firstMs: 1_000, maxMs: 300_000 };

/** A pause, a resume or a due attempt is noticed within this long. */
const LOOK_MS = 1_000;

/**
 * Calls a webhook with what is there for it, one message after another in the order of the feed, until the signal says
 * stop. A message that is not taken is tried again, and those behind it wait.
 *
 * A crash after the consumer took a message and before that is on record calls it again with the same `webhook-id`.
 */
export async function runWebhook(parts: WebhookParts, over: AbortSignal): Promise<void> {
  const { database, webhook, signal } = parts;
  while (!over.aborted) {
    const waitMs = await whyNotNow(database, webhook.name);
    if (waitMs > 0) {
      await signal.next(Math.min(waitMs, LOOK_MS), over);
      continue;
    }
    const next = await readNext(database, webhook.name);
    if (!next) return;
    const went = await callAll(parts, next.events, next.readTo, over);
    if (went === undefined) continue;
    if (next.lookedTo > went) await moveOn(database, webhook.name, went, next.lookedTo, 0);
    else if (next.events.length === 0) await signal.next(LOOK_MS, over);
  }
}

/** @returns ms until it may be called; 0 where it may */
async function whyNotNow(database: Database, name: string): Promise<number> {
  const [row] = await database.query<{ waitMs: number }>({
    name: 'webhooks-why-not-now',
    text: `select case when paused_at is not null then 1000
                       else greatest(0, extract(epoch from next_attempt_at - clock_timestamp()) * 1000) end::float8
             as "waitMs"
           from webhook where name = $1`,
    values: [name],
  });
  return row?.waitMs ?? 0;
}

/** @returns the place after the last message that was taken; undefined where one was not */
async function callAll(
  parts: WebhookParts,
  events: readonly Event[],
  readTo: number,
  over: AbortSignal,
): Promise<number | undefined> {
  const { database, log, webhook, target, reads } = parts;
  let place = readTo;
  for (const { number, id, body } of events) {
    if (over.aborted) return undefined;
    // Whether it takes the message or not, it may have read it.
    const principal = `mra webhook ${webhook.name}`;
    reads.record({ principal, purpose: webhook.purpose, what: 'webhook', ids: [id] });
    const called = await target.call(id, body, new Date(), over);
    if (called.ok) {
      if (!(await moveOn(database, webhook.name, place, number, 1))) return undefined;
      place = number;
      continue;
    }
    if (over.aborted) return undefined;
    const attempts = await readAttempts(database, webhook.name);
    const { retry = RETRY } = parts;
    const waitMs = backOffMs(attempts + 1, retry, called.retryAfterMs, Math.random());
    const failed = { message: id, error: called.error, waitMs, gone: called.gone ?? false };
    const { pauseAfterMs } = webhook;
    const paused = await recordFailedCall(database, webhook.name, { ...failed, pauseAfterMs }, new Date());
    const seen = { webhook: webhook.name, message: id, attempts: attempts + 1, waitMs, reason: called.error };
    if (paused) log.error(seen, 'webhook paused: an operator resumes it');
    else log.warn(seen, 'webhook: a message was not taken');
    return undefined;
  }
  return place;
}

async function readAttempts(database: Database, name: string): Promise<number> {
  const [row] = await database.query<{ attempts: number }>({
    name: 'webhooks-attempts',
    text: 'select attempts from webhook where name = $1',
    values: [name],
  });
  return row?.attempts ?? 0;
}
