import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type DatabaseOptions, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { partitionRange } from '../../src/store/open-store.ts';
import { ensurePartitions } from '../../src/store/partitions.ts';
import type { TestDatabase } from './postgres.ts';

export const templateDatabase = 'mra_template';

export interface NewDatabase extends DatabaseOptions {
  /** Begin with an empty database instead of a migrated one. */
  empty?: boolean;
  /** Copy this database instead of the migrated one. */
  template?: string;
}

/** Makes the migrated database that others of the server are copied from. */
export async function createTemplate(server: string): Promise<void> {
  await onServer(server, `create database ${templateDatabase}`);
  const url = databaseUrl(server, templateDatabase);
  await migrate(url);
  await using database = openDatabase(url);
  await ensurePartitions(database, partitionRange(90, new Date()));
}

/** A database of its own on a server, dropped when it is closed. */
export async function createDatabase(server: string, options: NewDatabase = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(
    server,
    `create database ${name}${options.empty ? '' : ` template ${options.template ?? templateDatabase}`}`,
  );
  const connectionString = databaseUrl(server, name);
  const database = openDatabase(connectionString, options);
  const close = async () => {
    await database.close();
    await onServer(server, `drop database if exists ${name} with (force)`);
  };
  return {
    database,
    connectionString,
    close,
    [Symbol.asyncDispose]: close,
    async sql<R extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      return onServer<R>(connectionString, text, values);
    },
  };
}

/** What a database holds now, under another name: a backup. Whatever uses the database meanwhile is cut off. */
export async function copyDatabase(
  server: string,
  { connectionString }: TestDatabase,
): Promise<TestDatabase> {
  const original = new URL(connectionString).pathname.slice(1);
  await onServer(
    server,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [original],
  );
  return createDatabase(server, { template: original });
}

/** The same server, another database. */
export function databaseUrl(connectionString: string, name: string): string {
  return connectionString.replace('/mra?', `/${name}?`);
}

/** One statement on a connection of its own. */
export async function onServer<R extends pg.QueryResultRow>(
  connectionString: string,
  text: string,
  values: unknown[] = [],
): Promise<R[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}
