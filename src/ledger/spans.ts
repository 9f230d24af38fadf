/** Message ids carry their time, so a set of messages is named by a span of time (protocol.md 5). */
export const HOUR_MS = 3_600_000;
/** An hour that is still open is compared minute by minute. */
export const MINUTE_MS = 60_000;

export type Step = typeof HOUR_MS | typeof MINUTE_MS;

/** From `since`, included, to `until`, not included; whole steps, milliseconds since 1970. */
export interface Span {
  since: number;
  until: number;
  step: Step;
}

/** Steps of one request: 100 days of hours. Its answer stays below a quarter of a megabyte. */
export const STEPS_MAX = 2_400;

/** Messages with an id of an hour may be under way for this long after its end. */
export const CLOSING_MS = 600_000;

/** The two sides' clocks and ids differ by less; what is older than that is refused by the partner for its age. */
const RETENTION_MARGIN_MS = HOUR_MS;

/** The end of the last hour that is closed. */
export function closedUntil(now: number): number {
  return floorTo(now - CLOSING_MS, HOUR_MS);
}

/** The beginning of the first whole hour whose messages the partner would still take. */
export function retainedSince(now: number, retentionMs: number): number {
  return floorTo(now - retentionMs + RETENTION_MARGIN_MS, HOUR_MS) + HOUR_MS;
}

/**
 * The time of an id is within a day of its message's acceptance (protocol.md 1): a gateway whose clock was ahead goes on
 * from the last id that it drew.
 */
const AHEAD_MS = 86_400_000;

/** The open hours, in minutes: messages in them may be under way, and their ids ahead of now. */
export function openSpan(now: number): Span {
  return { since: closedUntil(now), until: floorTo(now + AHEAD_MS, MINUTE_MS) + MINUTE_MS, step: MINUTE_MS };
}

export function floorTo(instant: number, step: Step): number {
  return Math.floor(instant / step) * step;
}

/** The beginnings of the steps of a span. */
export function stepsOf({ since, until, step }: Span): number[] {
  const count = Math.max(0, Math.ceil((until - since) / step));
  return Array.from({ length: count }, (_, n) => since + n * step);
}

/** Consecutive hours as spans, each of at most `stepsMax` hours. @param hours ascending */
export function spansOfHours(hours: readonly number[], stepsMax: number): Span[] {
  const spans: Span[] = [];
  for (const hour of hours) {
    const last = spans.at(-1);
    if (last && last.until === hour && (last.until - last.since) / HOUR_MS < stepsMax) {
      last.until = hour + HOUR_MS;
    } else {
      spans.push({ since: hour, until: hour + HOUR_MS, step: HOUR_MS });
    }
  }
  return spans;
}
