import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../../src/store/database.ts';
import type { TestDatabase } from './postgres.ts';

/** A database as it stood at a moment, to go back to: a backup without its files. */
export interface DatabaseCopy {
  name: string;
}

export async function copyDatabase(db: TestDatabase): Promise<DatabaseCopy> {
  const name = `copy_${randomUUID().replaceAll('-', '')}`;
  await withoutConnections(db, (own) => `create database ${name} template ${own}`);
  return { name };
}

/** The database is as it was when it was copied, under a new incarnation if it is marked; the copy is used up. */
export async function goBack(
  db: TestDatabase,
  copy: DatabaseCopy,
  options = { marked: true },
): Promise<void> {
  await withoutConnections(
    db,
    (own) => `drop database ${own} with (force)`,
    (own) => `alter database ${copy.name} rename to ${own}`,
  );
  if (options.marked)
    await db.sql('update store_meta set incarnation = gen_random_uuid(), restored_at = now()');
}

async function withoutConnections(
  db: TestDatabase,
  ...statements: ((own: string) => string)[]
): Promise<void> {
  const url = new URL(db.connectionString);
  const own = url.pathname.slice(1);
  await db.database.close();
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement(own));
  } finally {
    await client.end();
  }
  db.database = openDatabase(db.connectionString);
}
