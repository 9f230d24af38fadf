import { chown, lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { BaseLogger } from 'pino';
import { connectionStringOf } from '../embedded/ask-server.ts';
import { restoringFile } from '../embedded/create-cluster.ts';
import { lockFile } from '../embedded/lock-file.ts';
import { findPlace, type Place } from '../embedded/place.ts';
import { ensureRunning, stopServer } from '../embedded/run-server.ts';
import { isAlive } from '../embedded/server-process.ts';
import { type Settings, serverSettings } from '../embedded/settings.ts';
import { PRESENCE } from '../embedded-server.ts';
import { StoreError } from '../errors.ts';
import { copyDurably, syncFolder, together, weighFile } from './copy-file.ts';
import { type BackupManifest, machine, readManifest } from './manifest.ts';
import { CLUSTER, PASSWORD } from './take-backup.ts';

export interface RestoreOptions {
  log?: Pick<BaseLogger, 'info'>;
  settings?: Settings;
  /** Called with the restored database before anybody else may use it: migrates it, marks it as restored. */
  finish(connectionString: string, manifest: BackupManifest): Promise<void>;
}

export interface RestoredBackup {
  manifest: BackupManifest;
  /** Where the database that was there lies now; absent where there was none. */
  replaced?: string;
}

/** A restore waits this long for a start or stop of the database under way. */
const LOCK_WAIT_MS = 30_000;

/**
 * Puts a backup in the place of the embedded database, which nobody may be using.
 *
 * Crash story: the file `restoring` is there from before the first change until the restored database is marked. While
 * it is, no gateway starts on the folder, and a restore run again begins anew. What was there is never removed.
 *
 * @throws StoreError `backup`, `embedded`
 */
export async function restoreBackup(
  source: string,
  dataDir: string,
  options: RestoreOptions,
): Promise<RestoredBackup> {
  const manifest = await readManifest(source);
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  using _lock = await lockFile(join(dataDir, 'database.lock'), LOCK_WAIT_MS);
  const place = await findPlace(dataDir);
  assertFits(manifest, place);
  await verifyFiles(source, manifest);
  await assertUnused(place);
  await writeFile(restoringFile(place), source, { mode: 0o600 });
  await syncFolder(place.folder);
  const replaced = await replaceCluster(source, manifest, place);
  const running = await ensureRunning(place, { ...serverSettings, ...options.settings });
  try {
    await options.finish(running.connectionString, manifest);
  } finally {
    await stopServer(place);
  }
  await rm(restoringFile(place));
  return { manifest, ...(replaced === undefined ? {} : { replaced }) };
}

function assertFits(manifest: BackupManifest, place: Place): void {
  const { major } = place.binaries;
  if (manifest.postgres === major && manifest.machine === machine) return;
  throw new StoreError(
    'backup',
    `The backup is of PostgreSQL ${manifest.postgres} on ${manifest.machine}; here is ${major} on ${machine}, which cannot read its files.`,
  );
}

async function verifyFiles(source: string, manifest: BackupManifest): Promise<void> {
  await together(Object.entries(manifest.files), async ([name, { bytes, sha256 }]) => {
    const found = await weighFile(join(source, name)).catch(() => undefined);
    if (found?.bytes === bytes && found.sha256 === sha256) return;
    const what = found ? 'differs from what was backed up' : 'is missing';
    throw new StoreError(
      'backup',
      `The backup is damaged: ${name} ${what}. Take another one; nothing was changed.`,
    );
  });
}

/** @throws StoreError while a gateway or a command uses the database; a server that nobody uses is stopped */
async function assertUnused(place: Place): Promise<void> {
  if (!(await isAlive(place))) return;
  const connectionString = await connectionStringOf(place);
  if (connectionString === undefined) return;
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  const { rowCount } = await client
    .query('select 1 from pg_stat_activity where application_name = $1', [PRESENCE])
    .finally(() => client.end());
  if (rowCount !== 0) {
    throw new StoreError('backup', 'The database is in use. Stop the gateway first; nothing was changed.');
  }
  await stopServer(place);
}

/** Copies beside and renames: what is under the cluster's name is whole, the old or the new one. */
async function replaceCluster(
  source: string,
  manifest: BackupManifest,
  place: Place,
): Promise<string | undefined> {
  const partial = join(place.folder, 'restored.partial');
  await rm(partial, { recursive: true, force: true });
  await copyBack(source, manifest, partial);
  await giveTo(place, partial);
  const replaced = `${place.data}.replaced-${new Date().toISOString().replaceAll(':', '')}`;
  const held = await lstat(place.data).catch(() => undefined);
  if (held) {
    await rename(place.data, replaced);
    await rename(place.password, join(replaced, 'password-of-this-database')).catch(() => {});
  }
  // Crash here: there is no cluster, and the file `restoring` keeps an empty one from being made.
  await rename(join(partial, PASSWORD), place.password);
  await rename(join(partial, CLUSTER), place.data);
  await rm(partial, { recursive: true, force: true });
  await syncFolder(place.folder);
  return held ? replaced : undefined;
}

async function copyBack(source: string, manifest: BackupManifest, partial: string): Promise<void> {
  await mkdir(partial, { mode: 0o700 });
  for (const folder of manifest.folders) await mkdir(join(partial, folder), { mode: 0o700 });
  await together(Object.keys(manifest.files), async (name) => {
    await copyDurably(join(source, name), join(partial, name));
  });
  for (const folder of manifest.folders) await syncFolder(join(partial, folder));
}

async function giveTo({ user }: Place, folder: string): Promise<void> {
  if (!user) return;
  await chown(folder, user.uid, user.gid);
  for (const entry of await readdir(folder, { recursive: true })) {
    await chown(join(folder, entry), user.uid, user.gid);
  }
}
