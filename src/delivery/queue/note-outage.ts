import type { Logger } from 'pino';

/** While the server of the queue is away every attempt to reach it fails: one line of log in this time says so. */
const SAY_EVERY_MS = 30_000;

export interface OutageNotes {
  /** An object of the queue failed. */
  failed(error: Error): void;
  /** The queue took a trigger. */
  worked(): void;
}

/** Logs that the queue is away when it begins, every half minute, and when it is back. */
export function noteOutage(log: Pick<Logger, 'warn' | 'info'>, now: () => number = Date.now): OutageNotes {
  let away: { saidAt: number; failures: number } | undefined;
  return {
    failed(error) {
      away ??= { saidAt: 0, failures: 0 };
      away.failures++;
      if (now() - away.saidAt < SAY_EVERY_MS) return;
      away.saidAt = now();
      log.warn(
        { reason: error.message, failures: away.failures },
        'queue: away; lanes are drained without it until it is back',
      );
    },
    worked() {
      if (!away) return;
      log.info({ failures: away.failures }, 'queue: takes triggers again');
      away = undefined;
    },
  };
}
