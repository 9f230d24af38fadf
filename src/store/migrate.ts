import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { applicationName } from './database.ts';
import { StoreError, sqlStateOf, storeErrorOf } from './errors.ts';

/** One numbered file: `0001-first-exchange.sql`. Once applied anywhere it is never edited. */
export interface Migration {
  number: number;
  name: string;
  sql: string;
  sha256: string;
}

export interface MigrationResult {
  /** The names of those applied now, in order; empty when the schema was current. */
  applied: string[];
  /** The number that the schema stands at. */
  number: number;
}

export const migrationsFolder: string = fileURLToPath(new URL('./migrations/', import.meta.url));

/** Taken by every migration, in any program: two gateways that start at once migrate one after the other. */
const MIGRATION_LOCK = 0x6d72_6101;

/**
 * A statement of a migration waits this long for a table that others use. Longer, and everybody who comes after it
 * waits behind it: it gives way and tries again. Well below the server's `deadlock_timeout` (1 s): a migration that
 * holds one table and wants another, of which a running gateway has the two the other way round, gives way before the
 * server would end the gateway's statement.
 */
const LOCK_TIMEOUT = '300ms';
const LOCK_RETRY_MS = 250;
const LOCK_TRIES_MAX = 240;

/**
 * A migration that an older program can go on beside: it adds, and changes or removes nothing that the older one uses
 * (docs/operators/upgrade.md). One without the word in its name has to wait until no older program runs.
 */
const EXPANDS = /^\d{4}-expand-/;

/**
 * Brings the schema to what this program knows: each file in a transaction of its own together with its row
 * in `schema_migration`. A crash between two files leaves a schema that the next start goes on from.
 *
 * @throws StoreError `schema-newer` when a newer program has changed what this one uses, `schema-changed` when an
 *   applied file differs, `timeout` when a table stays in use
 */
export async function migrate(
  connectionString: string,
  folder: string = migrationsFolder,
): Promise<MigrationResult> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const applied: string[] = [];
    for (let tries = 1; ; ) {
      const next = await applyNext(client, migrations).catch((error: unknown) => {
        if (!GIVES_WAY.has(sqlStateOf(error) ?? '') || tries >= LOCK_TRIES_MAX) throw error;
        return 'in-use' as const;
      });
      if (!next) return { applied, number: migrations.at(-1)?.number ?? 0 };
      if (next === 'in-use') {
        tries += 1;
        await delay(LOCK_RETRY_MS);
      } else {
        tries = 1;
        applied.push(next.name);
      }
    }
  } catch (error) {
    throw storeErrorOf(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** lock_not_available, deadlock_detected: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const GIVES_WAY: ReadonlySet<string> = new Set(['55P03', '40P01']);

/** Applies the first migration that is missing, if any, under the lock. */
async function applyNext(client: pg.Client, migrations: Migration[]): Promise<Migration | undefined> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`create table if not exists schema_migration (
      number integer primary key, name text not null, sha256 text not null,
      applied_at timestamptz not null default now())`);
    const { rows } = await client.query<AppliedMigration>(
      'select number, name, sha256 from schema_migration order by number',
    );
    const next = missingMigration(migrations, rows);
    if (next) {
      await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
      await client.query(next.sql);
      await client.query('insert into schema_migration (number, name, sha256) values ($1, $2, $3)', [
        next.number,
        next.name,
        next.sha256,
      ]);
    }
    await client.query('commit');
    return next;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

type AppliedMigration = Pick<Migration, 'number' | 'name' | 'sha256'>;

function missingMigration(known: Migration[], applied: AppliedMigration[]): Migration | undefined {
  for (const row of applied) {
    const file = known[row.number - 1];
    if (!file && EXPANDS.test(row.name)) continue;
    if (!file) {
      throw new StoreError(
        'schema-newer',
        `The database has migration ${row.name}, this program knows ${known.length}: a newer program was here. Run that one.`,
      );
    }
    if (file.sha256 !== row.sha256) {
      throw new StoreError(
        'schema-changed',
        `Migration ${row.name} was applied to this database and the file differs now. Restore the file; changes go into a new one.`,
      );
    }
  }
  return known[applied.length];
}

/** Reads the files, which must count 1, 2, 3 … without a hole. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (file, index) => {
      const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(file)?.[1]);
      if (number !== index + 1) throw new Error(`migration ${file} should have the number ${index + 1}`);
      const bytes = await readFile(join(folder, file));
      return {
        number,
        name: file.slice(0, -'.sql'.length),
        sql: bytes.toString('utf8'),
        sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    }),
  );
}
