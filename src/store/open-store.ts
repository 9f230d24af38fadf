import type { BaseLogger } from 'pino';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import type { Settings } from './embedded/settings.ts';
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.ts';
import { StoreError } from './errors.ts';
import { migrate } from './migrate.ts';
import { ensurePartitions, monthsAhead } from './partitions.ts';
import { renewPartitions } from './renew-partitions.ts';

export interface StoreConfig {
  /** Where the embedded server keeps its data; not used with `databaseUrl`. */
  dataDir: string;
  /** A PostgreSQL of one's own; absent: the embedded one. */
  databaseUrl?: string | undefined;
  /** The longest retention of any link: partitions reach back that far, for what a partner sends again. */
  retentionDays: number;
  connectionsMax?: number;
  /** For the embedded server; see settings.ts. */
  settings?: Settings;
}

export interface Store extends AsyncDisposable {
  database: Database;
  /** For a part that opens connections of its own (the queue). Holds the password: never logged. */
  connectionString: string;
  /** The identity of this store's history; a restore draws a new one, which outdates every cursor. */
  incarnation: string;
  /** The migrations applied at this opening, by name. */
  applied: string[];
  /** Closes the connections; the last user of an embedded server stops it. */
  close(): Promise<void>;
}

type StoreLog = Pick<BaseLogger, 'info' | 'warn'> & Partial<Pick<BaseLogger, 'error'>>;

/**
 * Opens the system of record: the embedded server or the configured one, migrated, with its partitions.
 *
 * @throws StoreError
 */
export async function openStore(config: StoreConfig, log: StoreLog): Promise<Store> {
  const { databaseUrl, dataDir, settings } = config;
  const server =
    databaseUrl === undefined
      ? await startEmbeddedServer(dataDir, { log, ...(settings && { settings }) })
      : undefined;
  try {
    return await openOn(server, databaseUrl ?? server?.connectionString ?? '', config, log);
  } catch (error) {
    await server?.close();
    throw error;
  }
}

async function openOn(
  server: EmbeddedServer | undefined,
  connectionString: string,
  config: StoreConfig,
  log: StoreLog,
): Promise<Store> {
  const options: DatabaseOptions = {
    log,
    ...(config.connectionsMax && { connectionsMax: config.connectionsMax }),
  };
  const database = openDatabase(connectionString, options);
  try {
    await assertSuitable(database, log);
    const { applied } = await migrate(connectionString);
    if (applied.length > 0) log.info({ applied }, 'database migrated');
    const range = () => partitionRange(config.retentionDays, new Date());
    await ensurePartitions(database, range());
    const renewal = renewPartitions(database, range, log);
    const incarnation = await readIncarnation(database);
    const close = async () => {
      renewal[Symbol.dispose]();
      await database.close();
      await server?.close();
    };
    return { database, connectionString, incarnation, applied, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** From a month before the oldest message that may still come, to two months ahead, so that a month's turn needs no start. */
export function partitionRange(retentionDays: number, now: Date): { from: Date; until: Date } {
  const from = new Date(now.getTime() - retentionDays * 86_400_000);
  from.setUTCDate(1);
  from.setUTCMonth(from.getUTCMonth() - 1);
  return { from, until: monthsAhead(now) };
}

/** PostgreSQL 16 is the oldest that still gets fixes for the length of a link's retention. */
const SERVER_VERSION_MIN = 160_000;

interface ServerFacts {
  version: number;
  encoding: string;
  durability: string[];
}

async function assertSuitable(database: Database, log: StoreLog): Promise<void> {
  const [facts] = await database.query<ServerFacts>({
    name: 'server-facts',
    text: `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
             array(select name from pg_settings
                   where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off') as durability`,
    values: [],
  });
  if (!facts || facts.version < SERVER_VERSION_MIN) {
    throw new StoreError('unsuitable', 'The database server is older than PostgreSQL 16. Use a newer one.');
  }
  if (facts.encoding !== 'UTF8') {
    throw new StoreError(
      'unsuitable',
      `The database has the encoding ${facts.encoding}. Create it with UTF8.`,
    );
  }
  if (facts.durability.length > 0) {
    log.warn(
      { off: facts.durability },
      'the database server may lose what it has confirmed: a 202 is not durable',
    );
  }
}

async function readIncarnation(database: Database): Promise<string> {
  const [row] = await database.query<{ incarnation: string }>({
    name: 'store-incarnation',
    text: 'select incarnation from store_meta',
    values: [],
  });
  if (!row) throw new StoreError('schema-changed', 'The table store_meta is empty. Restore the database.');
  return row.incarnation;
}
