import { randomUUID } from 'node:crypto';
import { lstat, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { canEnter, findServerUser, type ServerUser } from './server-user.ts';
import { makeOwned, makeSystemFolder, ownerFile, setAside, systemRoots } from './system-folder.ts';

/** Where one embedded server lives, and as whom it runs. */
export interface Place {
  /** Owner-only; holds the files named below. */
  folder: string;
  /** The cluster. */
  data: string;
  /** The password of the one database user, mode 0600. */
  password: string;
  /** What the server says before its own log is open. */
  startLog: string;
  user: ServerUser | undefined;
  binaries: Binaries;
}

/** In the data directory: where the database is, when it cannot be there. */
const POINTER = 'database-place.json';

/**
 * Finds the place for a data directory: inside of it, or, when the server's user cannot enter there (root's
 * clone below a folder of mode 0700), in a system folder that a pointer file in the data directory names.
 */
export async function findPlace(dataDir: string, roots: readonly string[] = systemRoots): Promise<Place> {
  const preferred = await findServerUser();
  const systemFolder = () => makeSystemFolder(preferred, roots);
  const folder = await findFolder(await realpath(dataDir), preferred, systemFolder);
  const user = await ownerOf(folder, preferred);
  return {
    folder,
    data: join(folder, 'data'),
    password: join(folder, 'password'),
    startLog: join(folder, 'start.log'),
    user,
    binaries: await findBinaries(user, systemFolder),
  };
}

/** Root finds the data of another user, who ran it before: the server goes on as that user. */
async function ownerOf(folder: string, preferred: ServerUser | undefined): Promise<ServerUser | undefined> {
  const { uid, gid } = await lstat(folder);
  if (!preferred || uid === preferred.uid || uid === 0) return preferred;
  return { name: `number ${uid}`, uid, gid };
}

async function findFolder(
  dataDir: string,
  user: ServerUser | undefined,
  systemFolder: () => Promise<string>,
): Promise<string> {
  const pointed = await readPointer(dataDir);
  if (pointed) return pointed;
  const inside = join(dataDir, 'postgres');
  if (await lstat(inside).catch(() => undefined)) return inside;
  if (await canEnter(user, dataDir)) {
    await makeOwned(inside, user);
    return inside;
  }
  const system = await systemFolder();
  await setAside(system, dataDir, user, await findBinaries(user, systemFolder));
  const outside = join(system, randomUUID());
  await makeOwned(outside, user);
  // Crash before the pointer: an empty folder, which the next start sets aside.
  await writeFile(join(outside, ownerFile), dataDir);
  await writeFile(join(dataDir, POINTER), JSON.stringify({ folder: outside }));
  return outside;
}

async function readPointer(dataDir: string): Promise<string | undefined> {
  const path = join(dataDir, POINTER);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { folder } = JSON.parse(text) as { folder: string };
  const owner = await readFile(join(folder, ownerFile), 'utf8').catch((cause: unknown) => {
    // A new empty database here would look as if all messages had never been.
    throw new StoreError(
      'embedded',
      `The database that ${path} names is gone. Restore it, or remove that file to begin anew.`,
      { cause },
    );
  });
  if (owner !== dataDir) await takeOver(folder, owner, dataDir);
  return folder;
}

/** A data directory that was moved keeps its database; one that was copied must not share it. */
async function takeOver(folder: string, owner: string, dataDir: string): Promise<void> {
  if (await lstat(join(owner, POINTER)).catch(() => undefined)) {
    throw new StoreError(
      'embedded',
      `${dataDir} is a copy of ${owner}, whose database is in use there. Remove ${join(dataDir, POINTER)} to begin anew.`,
    );
  }
  await writeFile(join(folder, ownerFile), dataDir);
}
