import type { BaseLogger } from 'pino';
import type { Database } from './database.ts';
import { ensurePartitions, missingPartitions } from './partitions.ts';

/** A process may run for months, and a renewal that failed is tried again the same day. */
const INTERVAL_MS = 6 * 3_600_000;

/**
 * Makes the partitions of the months to come, now and then, until disposed. Whatever keeps one from being there is an
 * error in the log, and `mra_partitions_missing` says so.
 */
export function renewPartitions(
  database: Database,
  range: () => { from: Date; until: Date },
  log: Partial<Pick<BaseLogger, 'error'>>,
): Disposable {
  const renew = async (): Promise<void> => {
    try {
      await ensurePartitions(database, range());
    } catch (error) {
      log.error?.({ err: error }, 'the partitions of the next months are not made');
    }
    const missing = await missingPartitions(database, new Date());
    if (missing.length > 0)
      log.error?.({ missing }, 'partitions are missing: messages of these months cannot be stored');
  };
  const timer = setInterval(() => void renew().catch(() => undefined), INTERVAL_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
