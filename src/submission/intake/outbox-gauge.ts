import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';

const SAMPLE_EVERY_MS = 1_000;
/** Counting takes at most this share of one connection's time: a million rows take a third of a second. */
const SAMPLE_SHARE = 1 / 20;

/** How many messages wait for each partner, as nearly as intake needs to know. */
export interface OutboxGauge extends AsyncDisposable {
  waiting(link: string): number;
  /** This process has accepted so many more; what others accept shows with the next count. */
  note(link: string, messages: number): void;
}

/** Counts outbox rows every moment, seldomer the longer it takes. @returns after the first count */
export async function openOutboxGauge(database: Database, log: Logger): Promise<OutboxGauge> {
  const stop = new AbortController();
  let counted = await countOutbox(database);
  const added = new Map<string, number>();

  const sample = async (): Promise<number> => {
    const begun = performance.now();
    try {
      const now = await countOutbox(database);
      // What was accepted while it counted may be counted twice or not at all until the next count.
      added.clear();
      counted = now;
    } catch (error) {
      log.warn({ err: error }, 'outbox: not counted, next try in a moment');
    }
    return performance.now() - begun;
  };
  const sampling = (async () => {
    let pause = SAMPLE_EVERY_MS;
    while (!stop.signal.aborted) {
      await delay(pause, undefined, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) pause = Math.max(SAMPLE_EVERY_MS, (await sample()) / SAMPLE_SHARE);
    }
  })();
  return {
    waiting: (link) => (counted.get(link) ?? 0) + (added.get(link) ?? 0),
    note(link, messages) {
      added.set(link, (added.get(link) ?? 0) + messages);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await sampling;
    },
  };
}

async function countOutbox(database: Database): Promise<Map<string, number>> {
  const rows = await database.query<{ link: string; waiting: number }>({
    name: 'submission-count-outbox',
    text: 'select link, count(*)::int as waiting from outbox group by link',
    values: [],
  });
  return new Map(rows.map((row) => [row.link, row.waiting]));
}
