import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { runSoon } from '../../turns/run-soon.ts';
import { openSpanExport } from './export-spans.ts';
import { placeOfNow, readSteps, type TracePlace } from './read-steps.ts';

const LOOK_MS = 2_000;
/** Rows bear the time at which their transaction began: those of a moment ago may still come. */
const SETTLED_MS = 2_000;

interface TraceParts {
  endpoint: string | undefined;
  database: Pick<Database, 'query'>;
  log: Pick<Logger, 'warn' | 'info'>;
  party: string;
}

/** Tells an OpenTelemetry collector of every message's way, where an endpoint is set; else does nothing at all. */
export async function followTraces({ endpoint, database, log, party }: TraceParts): Promise<AsyncDisposable> {
  if (endpoint === undefined) return { [Symbol.asyncDispose]: async () => {} };
  const spans = await openSpanExport(endpoint, party);
  let place: TracePlace = await placeOfNow(database);
  log.info({ endpoint }, 'traces: messages are told to the collector');
  const running = runSoon({
    async work() {
      const until = new Date(Date.now() - SETTLED_MS);
      if (until <= place.at) return;
      const { steps, attempt } = await readSteps(database, place, until);
      spans.tell(steps);
      place = { attempt, at: until };
    },
    soonMs: LOOK_MS,
    idleMs: LOOK_MS,
    onError: (error) => log.warn({ err: error }, 'traces: not told, next try in a moment'),
  });
  return {
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await spans[Symbol.asyncDispose]();
    },
  };
}
