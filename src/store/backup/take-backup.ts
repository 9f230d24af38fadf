import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { BaseLogger } from 'pino';
import { findPlace, type Place } from '../embedded/place.ts';
import type { Settings } from '../embedded/settings.ts';
import { startEmbeddedServer } from '../embedded-server.ts';
import { StoreError } from '../errors.ts';
import { type CopiedTree, copyCluster } from './copy-cluster.ts';
import { copyDurably, syncFolder, writeDurably } from './copy-file.ts';
import { type BackupManifest, machine, writeManifest } from './manifest.ts';

export interface BackupOptions {
  log?: Pick<BaseLogger, 'info' | 'warn'>;
  /** For a server that this backup has to start; see settings.ts. */
  settings?: Settings;
}

/** Folder of the cluster in a backup. */
export const CLUSTER = 'data';
/** The password of the one database user, which the cluster knows only a hash of. */
export const PASSWORD = 'password';

/**
 * Takes a backup of the embedded database, which goes on working meanwhile: the low-level procedure of PostgreSQL
 * (https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP).
 *
 * A slot keeps the WAL from the checkpoint on → pg_backup_start → the files → pg_backup_stop, which ends the last
 * segment → the segments from start to stop. A server that starts on the copy replays them, and PostgreSQL refuses to
 * open it unless it reaches the end of the backup.
 *
 * @param target a folder that is absent or empty
 * @throws StoreError `backup`, `embedded`
 */
export async function takeBackup(
  dataDir: string,
  target: string,
  options: BackupOptions = {},
): Promise<BackupManifest> {
  await makeEmpty(target);
  await using server = await startEmbeddedServer(dataDir, options);
  const place = await findPlace(dataDir);
  const client = new pg.Client({ connectionString: server.connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    return await copyOnline(client, place, target);
  } finally {
    // Ends an unfinished backup and drops the slot, both of which are the session's.
    await client.end().catch(() => {});
  }
}

async function makeEmpty(target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  if ((await readdir(target)).length > 0) {
    throw new StoreError('backup', `${target} is not empty. Name a folder that does not exist yet.`);
  }
}

async function copyOnline(client: pg.Client, place: Place, target: string): Promise<BackupManifest> {
  const startedAt = new Date();
  const facts = await readFacts(client);
  await client.query('select pg_create_physical_replication_slot($1, true, true)', [
    `mra_backup_${randomUUID().replaceAll('-', '')}`,
  ]);
  const { lsn: startLsn } = await one<{ lsn: string }>(
    client,
    "select pg_backup_start('mra backup', true) as lsn",
  );
  const data = join(target, CLUSTER);
  await mkdir(data, { mode: 0o700 });
  const tree = await copyCluster(place.data, data);
  const stop = await one<{ lsn: string; label: string; tablespaces: string }>(
    client,
    'select lsn, labelfile as label, spcmapfile as tablespaces from pg_backup_stop(false)',
  );
  if (stop.tablespaces !== '') {
    throw new StoreError(
      'backup',
      'The database has tablespaces of its own, which this backup does not take.',
    );
  }
  tree.files.backup_label = await writeDurably(join(data, 'backup_label'), stop.label);
  await copyWal(client, place, data, startLsn, stop.lsn, tree);
  const password = await copyDurably(place.password, join(target, PASSWORD));
  await syncFolder(data);
  const manifest: BackupManifest = {
    format: 1,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    postgres: place.binaries.major,
    machine,
    ...facts,
    startLsn,
    stopLsn: stop.lsn,
    folders: [CLUSTER, ...tree.folders.map((name) => `${CLUSTER}/${name}`)],
    files: {
      ...Object.fromEntries(Object.entries(tree.files).map(([name, file]) => [`${CLUSTER}/${name}`, file])),
      [PASSWORD]: password,
    },
  };
  await writeManifest(target, manifest);
  await syncFolder(target);
  return manifest;
}

async function readFacts(client: pg.Client): Promise<{ migration: number; incarnation: string }> {
  return one(
    client,
    `select (select max(number) from schema_migration) as migration, incarnation from store_meta`,
  );
}

/** Segments of 16 MiB, by names that sort as they follow each other on one timeline. */
async function copyWal(
  client: pg.Client,
  place: Place,
  data: string,
  startLsn: string,
  stopLsn: string,
  tree: CopiedTree,
): Promise<void> {
  const { first, last, segments } = await one<{ first: string; last: string; segments: number }>(
    client,
    `select pg_walfile_name($1::pg_lsn) as first, pg_walfile_name($2::pg_lsn) as last,
            (floor(($2::pg_lsn - '0/0' - 1) / size) - floor(($1::pg_lsn - '0/0') / size) + 1)::int as segments
     from (select setting::bigint as size from pg_settings where name = 'wal_segment_size') s`,
    [startLsn, stopLsn],
  );
  const names = (await readdir(join(place.data, 'pg_wal')))
    .filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last)
    .sort();
  if (names.length !== segments) {
    throw new StoreError(
      'backup',
      `The WAL of the backup is not whole (${names.length} of ${segments} segments).`,
    );
  }
  for (const name of names) {
    const path = `pg_wal/${name}`;
    tree.files[path] = await copyDurably(join(place.data, path), join(data, path));
  }
  await syncFolder(join(data, 'pg_wal'));
}

async function one<R extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values: unknown[] = [],
): Promise<R> {
  const { rows } = await client.query<R>(text, values);
  const [row] = rows;
  if (!row) throw new StoreError('backup', 'The database did not answer what a backup needs to know.');
  return row;
}
