import type pg from 'pg';
import { inject } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { copyDatabase, createDatabase, type NewDatabase } from './template.ts';

/** A database of its own for one test file: migrated, with the partitions of now, empty; dropped at the end. */
export interface TestDatabase extends AsyncDisposable {
  database: Database;
  connectionString: string;
  /** A statement of the test itself; not prepared. */
  sql<R extends pg.QueryResultRow = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

export function createTestDatabase(options: NewDatabase = {}): Promise<TestDatabase> {
  return createDatabase(inject('postgresUrl'), options);
}

/** What a database holds now, under another name: a backup. */
export function copyTestDatabase(original: TestDatabase): Promise<TestDatabase> {
  return copyDatabase(inject('postgresUrl'), original);
}
