import pg from 'pg';
import { findPlace } from '../../src/store/embedded/place.ts';
import { readServerFile } from '../../src/store/embedded/server-process.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../src/store/embedded-server.ts';

/** Connections of the harness itself. */
const CONNECTIONS_MAX = 4;

/**
 * The embedded database of a side as the harness holds it: it looks into it, stops it as a crash does, and lets go of
 * it while a backup takes its place.
 */
export class SideStore implements AsyncDisposable {
  readonly #dataDir: string;
  #open: { server: EmbeddedServer; pool: pg.Pool } | undefined;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  async open(): Promise<void> {
    const server = await startEmbeddedServer(this.#dataDir);
    const pool = new pg.Pool({ connectionString: server.connectionString, max: CONNECTIONS_MAX });
    pool.on('error', () => {});
    pool.on('connect', (client) => void client.on('error', () => {}));
    this.#open = { server, pool };
  }

  async query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    if (!this.#open) throw new Error('the database of this side is away');
    return (await this.#open.pool.query<R>(text, values)).rows;
  }

  /** SIGQUIT is PostgreSQL's immediate shutdown. Whoever of its users notices first brings it back. */
  async stopAtOnce(): Promise<void> {
    const running = await readServerFile(await findPlace(this.#dataDir));
    if (running) process.kill(running.pid, 'SIGQUIT');
  }

  /** The last user stops the server. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.pool.end();
    await open?.server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
