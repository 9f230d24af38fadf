import type { BaseLogger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../store/database.ts';
import type { Audit } from './audit.ts';
import type { Purpose } from './purposes.ts';

/** What of partner data is read, as the log of reads and the console name it. */
export const readKinds = [
  'changes',
  'enterprise',
  'enterprise-history',
  'enterprises',
  'export',
  'message',
  'message-names',
  'recognition',
  'stream',
  'validation-actions',
  'validation-results',
  'validation-round',
  'webhook',
] as const;

export type ReadKind = (typeof readKinds)[number];

/** A read of partner data that was answered. */
export interface Read {
  /** Name of the token that read. */
  principal: string;
  purpose: Purpose;
  what: ReadKind;
  /** Subjects or messages whose data the answer held. */
  ids: readonly string[];
}

/** A process is looked for this often, and taken for gone when it was not seen for the other. */
const SEEN_EVERY_MS = 10_000;
const GONE_AFTER_MS = 60_000;

/** Reads of one principal for one purpose of one thing, within one writing. */
interface Group {
  read: Omit<Read, 'ids'>;
  ids: Set<string>;
  fromAt: Date;
  toAt: Date;
}

export interface ReadLogOptions {
  log: Pick<BaseLogger, 'error'>;
  now?: () => Date;
  /** Between two writings; 500 ms unless told, so that with the writing itself it stays within 1 s. */
  intervalMs?: number;
  /** Kept in memory while the database is away; 200,000 unless told, some 20 MB. */
  idsMax?: number;
}

/**
 * Who read which partner data when and for what: kept in memory, written in groups within 1 s, so that no answer
 * waits. A crash loses at most that second. While the database is away the reads are kept, up to idsMax; what is
 * lost beyond is counted, and the count is audited.
 */
export class ReadLog implements AsyncDisposable {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #options: Required<ReadLogOptions>;
  readonly #timers: NodeJS.Timeout[];
  /** Of this process in read_log. */
  readonly #id = uuidv7();
  #groups = new Map<string, Group>();
  #ids = 0;
  #lost = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(database: Database, audit: Audit, options: ReadLogOptions) {
    this.#database = database;
    this.#audit = audit;
    this.#options = { now: () => new Date(), intervalMs: 500, idsMax: 200_000, ...options };
    const every = (act: () => Promise<unknown>, ms: number) => {
      const timer = setInterval(() => void act().catch(() => {}), ms);
      timer.unref();
      return timer;
    };
    this.#timers = [
      every(() => this.flush(), this.#options.intervalMs),
      every(() => this.beSeen(), SEEN_EVERY_MS),
    ];
  }

  /**
   * Says that this process is alive, and audits those that went without a farewell: they were killed, and the reads of
   * their last second are lost. To be called once before the first read; then it is done every 10 s.
   */
  async beSeen(): Promise<void> {
    const now = this.#options.now();
    await this.#database.transaction(async (tx) => {
      await tx.query({
        name: 'read-log-seen',
        text: `insert into read_log (id, since, seen_at) values ($1, $2, $2)
               on conflict (id) do update set seen_at = excluded.seen_at`,
        values: [this.#id, now],
      });
      const gone = await tx.query<{ id: string; seenAt: Date }>({
        name: 'read-log-gone',
        text: 'delete from read_log where seen_at < $1 returning id, seen_at as "seenAt"',
        values: [new Date(now.getTime() - GONE_AFTER_MS)],
      });
      const entries = gone.map(({ id, seenAt }) => ({
        kind: 'partner-data-reads-may-be-lost',
        process: id,
        lastSeen: seenAt.toISOString(),
        reason: 'the process ended without writing its last second of reads',
      }));
      await this.#audit(tx, entries, now);
    });
  }

  /** Call it once the answer is decided; it only notes. */
  record({ ids, ...read }: Read): void {
    if (this.#ids + ids.length > this.#options.idsMax) {
      this.#lost++;
      return;
    }
    const key = JSON.stringify([read.principal, read.purpose, read.what]);
    const at = this.#options.now();
    const group = this.#groups.get(key) ?? { read, ids: new Set(), fromAt: at, toAt: at };
    const before = group.ids.size;
    for (const id of ids) group.ids.add(id);
    group.toAt = at;
    this.#ids += group.ids.size - before;
    this.#groups.set(key, group);
  }

  /** Writes what is noted; resolves when it is on record. */
  flush(): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const groups = this.#groups;
    const lost = this.#lost;
    if (groups.size === 0 && lost === 0) return;
    const ids = this.#ids;
    this.#groups = new Map();
    this.#ids = 0;
    this.#lost = 0;
    try {
      await this.#store([...groups.values()], lost);
    } catch (error) {
      this.#takeBack(groups, ids, lost);
      this.#options.log.error(
        { err: error, reads: groups.size, lost: this.#lost },
        'reads of partner data are not on record yet',
      );
      throw error;
    }
  }

  /** Noted meanwhile comes after: a group of the same key goes on from the older one. */
  #takeBack(groups: Map<string, Group>, ids: number, lost: number): void {
    for (const [key, newer] of this.#groups) {
      const older = groups.get(key);
      for (const id of newer.ids) older?.ids.add(id);
      if (older) older.toAt = newer.toAt;
      else groups.set(key, newer);
    }
    this.#groups = groups;
    this.#ids += ids;
    this.#lost += lost;
  }

  async #store(groups: Group[], lost: number): Promise<void> {
    const rows = groups.map((group) => ({ id: uuidv7(), ...group.read, ids: [...group.ids], group }));
    const now = this.#options.now();
    await this.#database.transaction(async (tx) => {
      await tx.query({
        name: 'access-log-append',
        text: `insert into access_log (id, principal, purpose, what, ids, from_at, to_at)
               select r.id, r.principal, r.purpose, r.what, array(select json_array_elements_text(r.ids)), r.from_at, r.to_at
               from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::json[], $6::timestamptz[], $7::timestamptz[])
                 as r (id, principal, purpose, what, ids, from_at, to_at)`,
        values: [
          rows.map((row) => row.id),
          rows.map((row) => row.principal),
          rows.map((row) => row.purpose),
          rows.map((row) => row.what),
          rows.map((row) => JSON.stringify(row.ids)),
          rows.map((row) => row.group.fromAt),
          rows.map((row) => row.group.toAt),
        ],
      });
      const entries = rows.map(({ group, ...read }) => ({
        kind: 'partner-data-read',
        ...read,
        from: group.fromAt.toISOString(),
        to: group.toAt.toISOString(),
      }));
      const gap = lost === 0 ? [] : [{ kind: 'partner-data-reads-lost', count: lost }];
      await this.#audit(tx, [...entries, ...gap], now);
    });
  }

  /** Writes what is left; what cannot be written now is lost, and the log says so. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    try {
      await this.flush();
      await this.#database.query({
        name: 'read-log-end',
        text: 'delete from read_log where id = $1',
        values: [this.#id],
      });
    } catch {
      this.#options.log.error({ ids: this.#ids }, 'reads of partner data are lost');
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
