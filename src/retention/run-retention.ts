import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { applyRetention } from './apply-retention.ts';

/** Idempotency keys alone may be millions a day; an hour's worth is removed in seconds. */
const INTERVAL_MS = 3_600_000;
const LOOK_MS = 300_000;

/** Removes what is past its time every hour, in whichever process finds it due, until disposed. */
export function runRetention(
  database: Database,
  settings: Pick<Config, 'retention' | 'links'>,
  log: Logger,
): AsyncDisposable {
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      if (!(await claim(database))) return;
      const { rows, months } = await applyRetention(database, settings, 'schedule', new Date());
      const removed = Object.fromEntries(rows.filter((r) => r.count > 0).map((r) => [r.what, r.count]));
      log.info(
        { removed, months: months.map((m) => m.month) },
        'retention: what is past its time is removed',
      );
    } catch (error) {
      log.warn({ err: error }, 'retention: not applied, next try in a while');
    }
  };
  const timer = setInterval(() => {
    running = run();
  }, LOOK_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

async function claim(database: Database): Promise<boolean> {
  const rows = await database.query({
    name: 'retention-claim',
    text: `update store_meta set retention_at = clock_timestamp()
           where retention_at is null or retention_at < clock_timestamp() - $1 * interval '1 ms' returning 1`,
    values: [INTERVAL_MS],
  });
  return rows.length > 0;
}
