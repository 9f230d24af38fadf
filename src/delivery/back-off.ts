/** When to try a lane again: exponential, with full jitter so that lanes do not knock in step. */
export interface RetryPolicy {
  /** Least wait in ms. */
  firstMs: number;
  /** Greatest wait in ms. */
  maxMs: number;
}

/** A `Retry-After` longer than this is taken for a mistake of the partner's. */
const RETRY_AFTER_MS_MAX = 3_600_000;

/**
 * @param attempts failures in a row, this one included
 * @param retryAfterMs what the partner asked for, if anything; never undercut
 * @param random 0 ≤ random < 1
 * @returns milliseconds from now
 */
export function backOffMs(
  attempts: number,
  policy: RetryPolicy,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const ceiling = Math.min(policy.maxMs, policy.firstMs * 2 ** Math.min(attempts, 30));
  const jittered = policy.firstMs + random * Math.max(0, ceiling - policy.firstMs);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX)));
}

/**
 * Reads `Retry-After` (RFC 9110 10.2.3): seconds or an HTTP date.
 *
 * @returns milliseconds from `now`, or undefined where it says nothing usable
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
