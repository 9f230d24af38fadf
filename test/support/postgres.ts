import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/store/database.ts';
import { databaseUrl, templateDatabase } from './global-setup.ts';

/** A database of its own for one test file: migrated, with the partitions of now, empty; dropped at the end. */
export interface TestDatabase extends AsyncDisposable {
  database: Database;
  connectionString: string;
  /** A statement of the test itself; not prepared. */
  sql<R extends pg.QueryResultRow = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

export interface TestDatabaseOptions extends DatabaseOptions {
  /** Begin with an empty database instead of a migrated one. */
  empty?: boolean;
}

export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${name}${options.empty ? '' : ` template ${templateDatabase}`}`);
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

async function onServer<R extends pg.QueryResultRow>(
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
