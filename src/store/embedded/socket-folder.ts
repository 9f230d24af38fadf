import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import type { Place } from './place.ts';
import { canEnter } from './server-user.ts';
import { makeOwned } from './system-folder.ts';

/** What fits in `sockaddr_un` with its closing zero: 107 bytes on Linux, 103 on macOS. */
const SOCKET_PATH_BYTES_MAX = 103;

/** The port only names the socket file; there is no TCP. */
export const socketPort = 5432;

/** Makes the folder of the socket: short, and owner-only. */
export async function makeSocketFolder(place: Place): Promise<string> {
  const name = `mra-pg-${await clusterName(place)}`;
  for (const parent of [tmpdir(), '/tmp']) {
    const folder = join(parent, name);
    const fits = Buffer.byteLength(join(folder, `.s.PGSQL.${socketPort}`)) <= SOCKET_PATH_BYTES_MAX;
    if (!fits || !(await canEnter(place.user, parent))) continue;
    await makeOwned(folder, place.user);
    return folder;
  }
  throw new StoreError('embedded', 'There is no temporary folder for the socket of the embedded server.');
}

/**
 * From the path and the system identifier that initdb drew (the first 8 bytes of pg_control): a server whose
 * data were removed under it lives on for a minute, and must not hold the socket of the one made anew.
 */
async function clusterName(place: Place): Promise<string> {
  const control = await readFile(join(place.data, 'global', 'pg_control'));
  return createHash('sha256').update(place.data).update(control.subarray(0, 8)).digest('hex').slice(0, 12);
}
