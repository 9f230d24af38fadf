import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../store/database.ts';
import { listStreams } from '../streams/list-streams.ts';
import { listWebhooks } from './list-webhooks.ts';

/** How far one consumer is, whether it polls or is called. */
interface ConsumerState {
  kind: 'stream' | 'webhook';
  name: string;
  link: string;
  behind: number;
  unacknowledged: number;
  oldestSeconds: number;
  paused: boolean;
  failing: boolean;
}

/** A scrape asks for every gauge at once: what was read for one serves the others. */
const FRESH_MS = 1_000;

/** Gauges of own back ends that poll a stream or are called: how much waits for each, how long, and why. */
export function consumerFigures(registry: Registry, database: Database, webhooks: readonly string[]): void {
  let last: { at: number; read: Promise<ConsumerState[]> } | undefined;
  const consumers = (): Promise<ConsumerState[]> => {
    const at = performance.now();
    if (!last || at - last.at > FRESH_MS) last = { at, read: readConsumers(database, webhooks, new Date()) };
    return last.read;
  };
  const gauge = (name: string, help: string, value: (state: ConsumerState) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: ['kind', 'name', 'link'],
      registers: [registry],
      async collect() {
        const states = await consumers();
        this.reset();
        for (const state of states) {
          const found = value(state);
          const { kind, name: consumer, link } = state;
          if (found !== undefined) this.set({ kind, name: consumer, link }, found);
        }
      },
    });
  };
  gauge(
    'mra_consumer_backlog',
    'Changes of the feed behind the place of a stream or webhook, those that are not for it included',
    ({ behind }) => behind,
  );
  gauge(
    'mra_consumer_oldest_owed_seconds',
    'How long the eldest message has waited that a stream or webhook still owes its back end; 0 where none does',
    ({ oldestSeconds }) => oldestSeconds,
  );
  gauge(
    'mra_consumer_unacknowledged',
    'Messages that a back end fetched from its stream and has not acknowledged',
    ({ kind, unacknowledged }) => (kind === 'stream' ? unacknowledged : undefined),
  );
  gauge('mra_consumer_paused', '1 while an operator has paused the webhook', ({ kind, paused }) =>
    kind === 'webhook' ? Number(paused) : undefined,
  );
  gauge('mra_consumer_failing', '1 while calls of the webhook fail', ({ kind, failing }) =>
    kind === 'webhook' ? Number(failing) : undefined,
  );
}

async function readConsumers(
  database: Database,
  names: readonly string[],
  now: Date,
): Promise<ConsumerState[]> {
  const [streams, called] = await Promise.all([
    listStreams(database),
    names.length === 0 ? [] : listWebhooks(database, names),
  ]);
  const since = (at: Date | null): number => (at ? Math.max(0, (now.getTime() - at.getTime()) / 1_000) : 0);
  return [
    ...streams.map(
      ({ name, link, behind, unacknowledged, oldestOwedAt }): ConsumerState => ({
        kind: 'stream',
        name,
        link,
        behind,
        unacknowledged,
        oldestSeconds: since(oldestOwedAt),
        paused: false,
        failing: false,
      }),
    ),
    ...called.map(
      ({ name, link, behind, oldestOwedAt, state }): ConsumerState => ({
        kind: 'webhook',
        name,
        link,
        behind,
        unacknowledged: 0,
        oldestSeconds: since(oldestOwedAt),
        paused: state === 'paused',
        failing: state === 'failing',
      }),
    ),
  ];
}
