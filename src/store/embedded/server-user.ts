import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StoreError } from '../errors.ts';

const run = promisify(execFile);

/** A user of the system that the server runs as, because PostgreSQL refuses to run as root. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** Children get this and nothing of ours: no secrets, and UTC and untranslated messages wherever we run. */
const childEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/** `undefined` when this process is not root: the server then runs as the same user. */
export async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const user = await userNamed(name);
    if (user) return user;
  }
  throw new StoreError(
    'embedded',
    'PostgreSQL does not run as root, and there is no user postgres or nobody. Run as another user, or set DATABASE_URL.',
  );
}

async function userNamed(name: string): Promise<ServerUser | undefined> {
  try {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name])));
    const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
    return uid && gid ? { name, uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a program as the server's user and gives its standard output. Rejects as `execFile` does. */
export async function runAs(user: ServerUser | undefined, file: string, args: string[]): Promise<string> {
  const { stdout } = await run(file, args, {
    // Our own working directory may be closed to that user.
    cwd: '/',
    env: childEnvironment,
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
  return stdout;
}

/** Whether that user can really enter a folder: asked as that user, so that every rule of the system counts. */
export async function canEnter(user: ServerUser | undefined, folder: string): Promise<boolean> {
  try {
    await runAs(user, '/bin/sh', ['-c', 'test -d "$1" && test -x "$1"', 'sh', folder]);
    return true;
  } catch {
    return false;
  }
}
