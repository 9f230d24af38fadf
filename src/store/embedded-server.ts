import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { BaseLogger } from 'pino';
import { ensureCluster } from './embedded/create-cluster.ts';
import { lockFile } from './embedded/lock-file.ts';
import { findPlace, type Place } from './embedded/place.ts';
import { ensureRunning, stopServer } from './embedded/run-server.ts';
import { type Settings, serverSettings } from './embedded/settings.ts';

export interface EmbeddedServerOptions {
  log?: Pick<BaseLogger, 'info' | 'warn'>;
  /** Added to serverSettings, e.g. `{ fsync: 'off' }` for tests. */
  settings?: Settings;
  /** Where root may put what must lie outside of the data directory; see place.ts. */
  systemRoots?: readonly string[];
}

/** Longer than a start with crash recovery, which the holder may be doing. */
const LOCK_WAIT_MS = 310_000;

/** Every user of the server holds one connection of this name; it stands for the whole process. */
export const PRESENCE = 'mra-gateway-presence';

/**
 * Starts or adopts the embedded PostgreSQL of a data directory. The server is a process of its own: it
 * outlives a gateway that is killed, and the next one adopts it. The last user that closes stops it.
 *
 * @param dataDir made if absent; the database is in it or, for root, where its pointer file says
 * @throws StoreError `embedded`
 */
export async function startEmbeddedServer(
  dataDir: string,
  options: EmbeddedServerOptions = {},
): Promise<EmbeddedServer> {
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  using _lock = await lockFile(join(dataDir, 'database.lock'), LOCK_WAIT_MS);
  const place = await findPlace(dataDir, options.systemRoots);
  await ensureCluster(place);
  const server = new EmbeddedServer(dataDir, place, options);
  await server.enter();
  return server;
}

/** One process's use of the embedded server. */
export class EmbeddedServer implements AsyncDisposable {
  readonly #lockPath: string;
  readonly #place: Place;
  readonly #options: EmbeddedServerOptions;
  #connectionString = '';
  #presence: pg.Client | undefined;
  #closing: Promise<void> | undefined;

  constructor(dataDir: string, place: Place, options: EmbeddedServerOptions) {
    this.#lockPath = join(dataDir, 'database.lock');
    this.#place = place;
    this.#options = options;
  }

  /** Holds the password: never logged. */
  get connectionString(): string {
    return this.#connectionString;
  }

  /** Starts or adopts, and marks our presence. Called under the lock. */
  async enter(): Promise<void> {
    const { log, settings } = this.#options;
    const running = await ensureRunning(this.#place, { ...serverSettings, ...settings });
    log?.info(
      { folder: this.#place.folder },
      running.started ? 'embedded database started' : 'embedded database adopted',
    );
    this.#connectionString = running.connectionString;
    const client = new pg.Client({
      connectionString: running.connectionString,
      application_name: PRESENCE,
      keepAlive: true,
    });
    client.on('error', () => {});
    await client.connect();
    client.once('end', () => void this.#revive(client));
    this.#presence = client;
  }

  /** The server went down under us (killed, or out of memory): bring it back; the pool connects again by itself. */
  async #revive(lost: pg.Client): Promise<void> {
    for (let attempt = 0; !this.#closing && this.#presence === lost; attempt++) {
      this.#options.log?.warn({ attempt }, 'the embedded database went away; starting it again');
      try {
        using _lock = await lockFile(this.#lockPath, LOCK_WAIT_MS);
        if (!this.#closing) await this.enter();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.log?.warn({ reason }, 'the embedded database does not start');
        await delay(Math.min(1000 * 2 ** attempt, 30_000), undefined, { ref: false });
      }
    }
  }

  /** Leaves; stops the server when nobody else is there. */
  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    // Without a lock when the data directory was removed under us: the server ends all the same.
    using _lock = await lockFile(this.#lockPath, LOCK_WAIT_MS).catch(() => undefined);
    const presence = this.#presence;
    const others = presence ? await othersPresent(presence) : 'unknown';
    await presence?.end().catch(() => {});
    // Gone while we were leaving: whoever else is there brings it back.
    if (others === 'none') await stopServer(this.#place);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Takes our name off first: the next to leave must not count us while the server still ends our session. */
async function othersPresent(presence: pg.Client): Promise<'none' | 'some' | 'unknown'> {
  try {
    await presence.query(`set application_name = 'mra-gateway-leaving'`);
    const { rowCount } = await presence.query('select 1 from pg_stat_activity where application_name = $1', [
      PRESENCE,
    ]);
    return rowCount === 0 ? 'none' : 'some';
  } catch {
    return 'unknown';
  }
}
