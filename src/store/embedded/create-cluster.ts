import { randomBytes } from 'node:crypto';
import { appendFile, chown, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import type { Place } from './place.ts';
import { runAs } from './server-user.ts';
import { type Settings, settingsText } from './settings.ts';

/** The one user and the one database of the embedded server. */
export const serverRole = 'mra';
export const serverDatabase = 'mra';

const SETTINGS_FILE = 'mra-gateway.conf';

/**
 * Makes the cluster if there is none. Called under the place's lock.
 *
 * Crash during initdb: a partial folder, thrown away next time; the cluster appears by a rename, whole.
 */
export async function ensureCluster(place: Place): Promise<void> {
  if (await lstat(restoringFile(place)).catch(() => undefined)) {
    throw new StoreError(
      'embedded',
      `A restore of ${place.folder} did not come to its end. Run mra restore again, with the same backup or another.`,
    );
  }
  const held = await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (held === undefined) return createCluster(place);
  const { major } = place.binaries;
  if (held.trim() !== major) {
    throw new StoreError(
      'embedded',
      `The data in ${place.data} are of PostgreSQL ${held.trim()}, this program brings ${major}. Upgrade them with pg_upgrade first.`,
    );
  }
}

/** There from before the first change of a restore until after its last. */
export function restoringFile(place: Pick<Place, 'folder'>): string {
  return join(place.folder, 'restoring');
}

async function createCluster(place: Place): Promise<void> {
  if (await lstat(place.data).catch(() => undefined)) {
    throw new StoreError('embedded', `${place.data} holds no database but exists. Restore it or remove it.`);
  }
  const partial = `${place.data}.partial`;
  await rm(partial, { recursive: true, force: true });
  await writeOwned(place, place.password, randomBytes(24).toString('hex'));
  try {
    await runAs(place.user, place.binaries.initdb, [
      ...[
        '--pgdata',
        partial,
        '--username',
        serverRole,
        '--auth',
        'scram-sha-256',
        '--pwfile',
        place.password,
      ],
      // Under LANG=C the default would be SQL_ASCII, in which Chinese names cannot be searched or folded.
      ...[
        '--encoding',
        'UTF8',
        '--locale-provider',
        'builtin',
        '--builtin-locale',
        'C.UTF-8',
        '--locale',
        'C',
      ],
    ]);
  } catch (cause) {
    throw new StoreError('embedded', `The database could not be created: ${lastLine(cause)}`, { cause });
  }
  await appendFile(join(partial, 'postgresql.conf'), `\ninclude_if_exists = '${SETTINGS_FILE}'\n`);
  await rename(partial, place.data);
}

/** Writes our settings; they count from the next start. */
export function writeSettings(place: Place, settings: Settings): Promise<void> {
  return writeOwned(place, join(place.data, SETTINGS_FILE), settingsText(settings));
}

async function writeOwned(place: Place, path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  if (place.user) await chown(path, place.user.uid, place.user.gid);
}

/** The last line of what a program said before it failed. */
export function lastLine(error: unknown): string {
  const said = error instanceof Error ? String(Reflect.get(error, 'stderr') ?? '').trim() : '';
  return said.split('\n').at(-1) || (error instanceof Error ? error.message : 'unknown reason');
}
