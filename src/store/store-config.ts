import type { Config } from '../config/config.ts';
import type { StoreConfig } from './open-store.ts';

const DAY_MS = 86_400_000;

/** What the store takes from the configuration. */
export function storeConfig(config: Config): StoreConfig {
  return {
    dataDir: config.dataDir,
    databaseUrl: config.database.url?.reveal(),
    retentionDays: Math.max(...config.links.map((link) => link.retentionMs), DAY_MS) / DAY_MS,
  };
}
