import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { StoreError, sqlStateOf } from '../errors.ts';
import { serverDatabase, serverRole } from './create-cluster.ts';
import type { Place } from './place.ts';
import { readServerFile } from './server-process.ts';
import { socketPort } from './socket-folder.ts';

/** `busy`: coming up or going down. */
export type Answer = 'accepting' | 'no-database' | 'busy' | 'down';

/** Where the server listens, by its own word; `undefined` when none has been started since the last stop. */
export async function connectionStringOf(place: Place): Promise<string | undefined> {
  const server = await readServerFile(place);
  if (!server) return undefined;
  const password = await readFile(place.password, 'utf8').catch((cause: unknown) => {
    throw new StoreError(
      'embedded',
      `${place.password} is gone. Restore it from the backup of this database.`,
      { cause },
    );
  });
  const where = new URLSearchParams({
    host: server.socketFolder,
    port: String(socketPort),
    sslmode: 'disable',
  });
  // localhost only makes it a URL that any parser takes: `host` overrides it.
  return `postgresql://${serverRole}:${password}@localhost/${serverDatabase}?${where}`;
}

export async function probe(connectionString: string): Promise<Answer> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return 'accepting';
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === '3D000') return 'no-database';
    // 57P03: coming up or going down; 53300: every connection is taken.
    if (state === '57P03' || state === '53300') return state === '53300' ? 'accepting' : 'busy';
    if (state === undefined) return 'down';
    throw new StoreError(
      'embedded',
      'The embedded server refuses our login. Its password file may be of another database.',
      {
        cause: error,
      },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

export async function createDatabase(connectionString: string): Promise<void> {
  const url = connectionString.replace(`/${serverDatabase}?`, '/postgres?');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${serverDatabase}`);
  } finally {
    await client.end();
  }
}
