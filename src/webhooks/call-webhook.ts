import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import type { WebhookConfig } from '../config/config.ts';
import type { Secret } from '../config/secrets.ts';
import { retryAfterMs } from '../delivery/back-off.ts';
import { webhookKey } from '../operations/alerts/notify/sign-notice.ts';
import { guardedLookup } from './guard-target.ts';

/** A consumer has so long to take a message: to write it down, not to work it off. */
export const CALL_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** Nobody reads what it answers; a little is drained, to keep the connection. */
const ANSWER_BYTES_MAX = 65_536;

/** What one call came to. */
export type Called =
  | { ok: true }
  /** `gone`: it says that it wants no more (410). */
  | { ok: false; error: string; gone?: boolean; retryAfterMs?: number };

/** The HTTP side of one webhook: one kept connection to the configured address, and to no other. */
export interface WebhookTarget extends AsyncDisposable {
  /** Never throws for what the network does. */
  call(id: string, body: string, now: Date, stop: AbortSignal): Promise<Called>;
}

/** `v1,<HMAC-SHA-256>` for each secret, over id, time and body (Standard Webhooks 1.0.0). */
export function signatures(
  id: string,
  timestamp: string,
  body: string,
  secrets: readonly Pick<Secret, 'reveal'>[],
): string {
  return secrets
    .map((secret) => createHmac('sha256', webhookKey(secret.reveal())))
    .map((hmac) => `v1,${hmac.update(`${id}.${timestamp}.${body}`).digest('base64')}`)
    .join(' ');
}

export function openTarget({
  url,
  secrets,
  ca,
}: Pick<WebhookConfig, 'url' | 'secrets' | 'ca'>): WebhookTarget {
  const target = new URL(url);
  const pool = new Pool(target.origin, {
    connections: 1,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      lookup: guardedLookup(target.hostname),
      ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    },
  });
  return {
    async call(id, body, now, stop) {
      const timestamp = String(Math.floor(now.getTime() / 1_000));
      const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
      try {
        const answer = await pool.request({
          method: 'POST',
          path: target.pathname + target.search,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'mra-gateway',
            'webhook-id': id,
            'webhook-timestamp': timestamp,
            'webhook-signature': signatures(id, timestamp, body, secrets),
          },
          body,
          signal: AbortSignal.any([timeout, stop]),
        });
        await answer.body.dump({ limit: ANSWER_BYTES_MAX });
        return calledOf(answer.statusCode, answer.headers['retry-after'], now);
      } catch (error) {
        return {
          ok: false,
          error: timeout.aborted ? `no answer within ${CALL_TIMEOUT_MS / 1_000} s` : reasonOf(error),
        };
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

function calledOf(status: number, retryAfter: string | string[] | undefined, now: Date): Called {
  if (status >= 200 && status < 300) return { ok: true };
  if (status === 410) return { ok: false, error: 'answered 410: it wants no more', gone: true };
  const redirected = status >= 300 && status < 400 ? ': redirects are not followed' : '';
  const wait = retryAfterMs(typeof retryAfter === 'string' ? retryAfter : undefined, now);
  return {
    ok: false,
    error: `answered ${status}${redirected}`,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return `${code}${error.message}`.slice(0, 200);
}
