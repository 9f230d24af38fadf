import type { Registry } from 'prom-client';
import type { Config } from '../config/config.ts';
import type { Link } from '../links/link.ts';
import type { RunningOperations } from '../operations/start-operations.ts';
import type { Database } from '../store/database.ts';
import { consumerAlerts, pollingAlerts } from './consumer-alerts.ts';
import { consumerFigures } from './consumer-figures.ts';

interface WatchingParts {
  config: Config;
  database: Database;
  registry: Registry;
  links: ReadonlyMap<string, Link>;
  board: RunningOperations['board'];
}

/** Figures and alerts of those who fetch or are told: own consumers, and links that we poll. */
export function watchConsumers({ config, database, registry, links, board }: WatchingParts): void {
  const webhooks = config.webhooks.map(({ name }) => name);
  const polled = [...links.values()].filter(({ reception }) => reception === 'poll').map(({ id }) => id);
  consumerFigures(registry, database, webhooks);
  board.add(consumerAlerts(database, webhooks), pollingAlerts(database, polled));
}
