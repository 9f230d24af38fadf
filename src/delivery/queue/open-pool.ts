import { DEFAULT_SCHEMA, type PgPool, runMigrations } from 'bullmq';
import pg from 'pg';
import type { Logger } from 'pino';
import { applicationName } from '../../store/database.ts';

/** The queue's statements are short; one connection is held by its LISTEN. */
const CONNECTIONS_MAX = 6;

/**
 * Connections of the queue on PostgreSQL, with its tables made and up to date.
 *
 * Losing the queue loses nothing, so its commits do not wait for the disk.
 */
export async function openQueuePool(connectionString: string, log: Logger): Promise<PgPool> {
  const pool = new pg.Pool({
    connectionString,
    max: CONNECTIONS_MAX,
    keepAlive: true,
    application_name: applicationName,
    options: `-c synchronous_commit=off -c search_path=${DEFAULT_SCHEMA}`,
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'queue: a connection was lost'));
  const client = await pool.connect();
  try {
    await runMigrations(client, DEFAULT_SCHEMA);
  } finally {
    client.release();
  }
  // A pg.Pool has all of PgPool; only the index signature of BullMQ's union of options says otherwise.
  return pool as PgPool;
}
