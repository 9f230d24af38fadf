import { readFile, rmdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { connectionStringOf, createDatabase, probe } from './ask-server.ts';
import { lastLine, writeSettings } from './create-cluster.ts';
import type { Place } from './place.ts';
import { isAlive, readServerFile } from './server-process.ts';
import { runAs } from './server-user.ts';
import type { Settings } from './settings.ts';
import { makeSocketFolder, socketPort } from './socket-folder.ts';

/** How long crash recovery of 2 GB of WAL may take on a slow disk. */
const START_TIMEOUT_MS = 300_000;
/** A living server without its socket: it is coming up, or something removed the socket. */
const SOCKET_MISSING_MS = 5_000;
/** Starts fail for a moment while the last processes of a killed server go away. */
const START_FAILURES_MAX = 5;

/** A server that answers: where, and whether this call started it. */
export interface RunningServer {
  connectionString: string;
  started: boolean;
}

/**
 * Starts the server, or adopts the one that runs already: it outlives the gateway that started it, and two
 * gateways may come up at once. What a killed server left (postmaster.pid, WAL to replay) PostgreSQL clears
 * itself. Called under the place's lock.
 */
export async function ensureRunning(place: Place, settings: Settings): Promise<RunningServer> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let started = false;
  let failures = 0;
  let downSince = Date.now();
  while (Date.now() < deadline) {
    const connectionString = await connectionStringOf(place);
    const answer = connectionString ? await probe(connectionString) : 'down';
    if (connectionString && answer === 'accepting') return { connectionString, started };
    if (connectionString && answer === 'no-database') await createDatabase(connectionString);
    if (answer !== 'down') {
      downSince = Date.now();
    } else if (!(await isAlive(place))) {
      const failure = await start(place, settings);
      started ||= failure === undefined;
      if (failure && ++failures >= START_FAILURES_MAX) throw await failedStart(place, failure);
      if (failure) await delay(1000);
    } else if (Date.now() - downSince > SOCKET_MISSING_MS) {
      await stopServer(place);
    }
    await delay(50);
  }
  throw new StoreError(
    'embedded',
    `The embedded server did not come up in ${START_TIMEOUT_MS / 1000} s. See ${place.data}/log.`,
  );
}

async function start(place: Place, settings: Settings): Promise<unknown> {
  const socketFolder = await makeSocketFolder(place);
  await writeSettings(place, {
    ...settings,
    unix_socket_directories: socketFolder,
    port: String(socketPort),
  });
  // pg_ctl gives the server a session of its own: neither Ctrl-C nor the gateway's death reaches it.
  const seconds = String(START_TIMEOUT_MS / 1000);
  const args = [
    'start',
    '--wait',
    '--silent',
    '--timeout',
    seconds,
    '--pgdata',
    place.data,
    '--log',
    place.startLog,
  ];
  return runAs(place.user, place.binaries.pgCtl, args).then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function failedStart(place: Place, failure: unknown): Promise<StoreError> {
  const said = (await readFile(place.startLog, 'utf8').catch(() => ''))
    .trim()
    .split('\n')
    .slice(-3)
    .join(' ');
  return new StoreError(
    'embedded',
    `The embedded server does not start: ${lastLine(failure)} ${said}`.trim(),
    { cause: failure },
  );
}

/** Open transactions are rolled back, everything committed is on disk. */
export async function stopServer(place: Place): Promise<void> {
  const server = await readServerFile(place);
  const args = ['stop', '--wait', '--silent', '--mode', 'fast', '--timeout', '60', '--pgdata', place.data];
  await runAs(place.user, place.binaries.pgCtl, args);
  // Left when something else is in it.
  if (server) await rmdir(server.socketFolder).catch(() => {});
}
