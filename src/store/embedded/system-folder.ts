import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { canEnter, runAs, type ServerUser } from './server-user.ts';

/** Root's folders for the state of programs: /var/tmp only where /var/lib cannot be written, as it gets cleaned. */
export const systemRoots: readonly string[] = ['/var/lib', '/var/tmp'];

/** Beside the data: the data directory that it belongs to. */
export const ownerFile = 'belongs-to';

/** The folder for what must lie outside of a data directory that the server's user cannot enter. */
export async function makeSystemFolder(
  user: ServerUser | undefined,
  roots: readonly string[],
): Promise<string> {
  for (const root of roots) {
    const folder = join(root, 'mra-gateway');
    try {
      await mkdir(folder, { mode: 0o711 });
      await chmod(folder, 0o711);
    } catch {}
    const found = await lstat(folder).catch(() => undefined);
    // A folder that another user made could be changed under us.
    if (found?.isDirectory() && found.uid === process.getuid?.() && (await canEnter(user, folder)))
      return folder;
  }
  throw new StoreError(
    'embedded',
    `The user ${user?.name} cannot reach the data directory, nor a folder below ${roots.join(' or ')}. Move the data directory, or set DATABASE_URL.`,
  );
}

/**
 * A data directory that was removed to begin anew leaves its database outside behind. The last one is kept,
 * in case the directory was only not mounted.
 */
export async function setAside(
  system: string,
  dataDir: string,
  user: ServerUser | undefined,
  binaries: Binaries,
): Promise<void> {
  const kept = join(system, `abandoned-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
  for (const name of await readdir(system)) {
    const folder = join(system, name);
    const owner = await readFile(join(folder, ownerFile), 'utf8').catch(() => undefined);
    if (owner !== dataDir || folder === kept) continue;
    // Fails when no server runs there, as is usual.
    await runAs(user, binaries.pgCtl, ['stop', '--mode', 'fast', '--pgdata', join(folder, 'data')]).catch(
      () => {},
    );
    await rm(kept, { recursive: true, force: true });
    await rename(folder, kept);
  }
}

/** A folder that only the server's user may enter. */
export async function makeOwned(folder: string, user: ServerUser | undefined): Promise<void> {
  const made = await mkdir(folder, { mode: 0o700 }).then(
    () => true,
    () => false,
  );
  if (made && user) await chown(folder, user.uid, user.gid);
  const found = await lstat(folder);
  const owner = user?.uid ?? process.getuid?.();
  const ours =
    found.isDirectory() && (owner === undefined || found.uid === owner) && (found.mode & 0o077) === 0;
  if (!ours) {
    throw new StoreError(
      'embedded',
      `${folder} is not a folder that only ${user?.name ?? 'this user'} may enter. Remove it.`,
    );
  }
}
