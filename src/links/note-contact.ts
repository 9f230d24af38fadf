import type { BaseLogger } from 'pino';
import type { Database } from '../store/database.ts';

/** Between two looks: other processes of this gateway hear the partner too. */
const INTERVAL_MS = 1_000;

/**
 * When each partner was last heard: a request of it that was taken, or an answer of it to one of ours. Up to then the
 * replica of its register is as old as what it had sent. Kept in memory, written and read back in groups once a
 * second, so that no message waits for it; a crash loses at most that second, on the safe side.
 */
export class PartnerContact implements AsyncDisposable {
  readonly #database: Database;
  readonly #log: Pick<BaseLogger, 'warn'>;
  readonly #timer: NodeJS.Timeout;
  readonly #heard = new Map<string, Date>();
  #unwritten = new Set<string>();
  #running: Promise<void> | undefined;
  #onSign: (link: string) => void = () => {};

  constructor(database: Database, log: Pick<BaseLogger, 'warn'>) {
    this.#database = database;
    this.#log = log;
    this.#timer = setInterval(() => void this.exchange(), INTERVAL_MS);
    this.#timer.unref();
  }

  /** The partner of this link was heard just now. */
  heard(link: string, at: Date = new Date()): void {
    this.#heard.set(link, at);
    this.#unwritten.add(link);
    this.#onSign(link);
  }

  /** The partner is there: it asked for something, or answered, without a word of its back ends. */
  noticed(link: string): void {
    this.#onSign(link);
  }

  /** Tells of each sign of life of a partner, here or, a second later, where another process heard it. */
  tell(onSign: (link: string) => void): void {
    this.#onSign = onSign;
  }

  /** Undefined where it was never heard. */
  lastHeard(link: string): Date | undefined {
    return this.#heard.get(link);
  }

  /** Writes what was heard here, and takes over what was heard elsewhere. */
  exchange(): Promise<void> {
    this.#running ??= this.#exchange()
      .catch((error: unknown) => this.#log.warn({ err: error }, 'the time of the last contact is not kept'))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #exchange(): Promise<void> {
    const links = [...this.#unwritten];
    this.#unwritten = new Set();
    try {
      const rows = await this.#database.query<{ link: string; heardAt: Date }>({
        name: 'links-note-contact',
        text: `with heard as (
                 insert into link_contact as c (link, heard_at)
                 select * from unnest($1::text[], $2::timestamptz[])
                 on conflict (link) do update set heard_at = greatest(c.heard_at, excluded.heard_at)
                 returning link, heard_at
               )
               select link, heard_at as "heardAt" from link_contact
               union all select link, heard_at from heard`,
        values: [links, links.map((link) => this.#heard.get(link))],
      });
      for (const { link, heardAt } of rows) {
        const known = this.#heard.get(link);
        if (known && known >= heardAt) continue;
        this.#heard.set(link, heardAt);
        if (known) this.#onSign(link);
      }
    } catch (error) {
      for (const link of links) this.#unwritten.add(link);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    await this.exchange();
  }
}
