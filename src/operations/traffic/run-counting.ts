import type { Logger } from 'pino';
import type { Party } from '../../contract/party.ts';
import type { Database } from '../../store/database.ts';
import { runSoon } from '../../turns/run-soon.ts';
import { findOverdueReceipts } from '../watch/find-overdue-receipts.ts';
import { countMinutes } from './count-minutes.ts';

/** A minute that is complete is counted so soon. */
const LOOK_MS = 10_000;

interface CountingParts {
  database: Database;
  log: Pick<Logger, 'warn'>;
  party: Party;
  links: ReadonlyMap<string, unknown>;
}

/** Counts what went and came, minute by minute, and looks for receipts that are overdue, until disposed. */
export function runCounting({ database, log, party, links }: CountingParts): AsyncDisposable {
  const stop = new AbortController();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const counting = runSoon({
    async work() {
      while (!stop.signal.aborted && (await countMinutes(database, party, new Date())));
      if (stop.signal.aborted || performance.now() - lookedAt < 60_000) return;
      lookedAt = performance.now();
      await findOverdueReceipts(database, [...links.keys()], new Date());
    },
    soonMs: LOOK_MS,
    idleMs: LOOK_MS,
    onError: (error) => log.warn({ err: error }, 'traffic: not counted, next try in a moment'),
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await counting[Symbol.asyncDispose]();
    },
  };
}
