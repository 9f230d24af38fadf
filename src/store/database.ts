import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { BaseLogger } from 'pino';
import { columnTypes } from './column-types.ts';
import type { CopyTarget } from './copy-rows.ts';
import { StoreError, storeErrorOf } from './errors.ts';
import { OpenTransaction } from './open-transaction.ts';

/** One statement. It is prepared under its name on each connection, so one name always has one text. */
export interface Query {
  name: string;
  text: string;
  values: readonly unknown[];
}

export interface Transaction {
  query<R>(query: Query): Promise<R[]>;
  /** Appends rows to a table, none where the list is empty; see copyRows. */
  copy<Row, Batch>(target: CopyTarget<Row, Batch>, rows: readonly Row[], batch: Batch): Promise<void>;
  /** Runs SQL that takes no values and is not worth preparing: DDL, savepoints, `set local`. */
  execute(sql: string): Promise<void>;
}

export interface TransactionOptions {
  /** How often the work is run again after a deadlock or serialization failure; 0 unless told. It must be repeatable. */
  retries?: number;
  /** `read committed` unless told. */
  isolation?: 'read committed' | 'repeatable read' | 'serializable';
}

/** Owns a pool of connections. Every failure of the server or the connection is a StoreError. */
export interface Database extends AsyncDisposable {
  query<R>(query: Query): Promise<R[]>;
  /** Commits when the work resolves, rolls back when it throws; the work's own errors pass through unchanged. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** For metrics. */
  connections(): { total: number; idle: number; waiting: number };
  /** Waits for the work under way, then closes. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** 20 unless told: enough for the lanes and the intake of one process; PostgreSQL allows 200 in all. */
  connectionsMax?: number;
  /** 30 s unless told: nothing we ask for takes that long on a healthy server. */
  statementTimeoutMs?: number;
  /** 10 s unless told: how long a statement waits for a lock that another transaction holds. */
  lockTimeoutMs?: number;
  /** 10 s unless told: how long to wait for a connection, free or new. */
  connectTimeoutMs?: number;
  log?: Pick<BaseLogger, 'warn'>;
}

/** Between two statements we sign at most a thousand messages: a quarter of a second. */
const IDLE_IN_TRANSACTION_MS = 8_000;

export const applicationName = 'mra-gateway';

/** @param connectionString a PostgreSQL URL; holds the password, so it is never logged */
export function openDatabase(connectionString: string, options: DatabaseOptions = {}): Database {
  return new PooledDatabase(connectionString, options);
}

class PooledDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #inside = new AsyncLocalStorage<OpenTransaction>();
  #closed: Promise<void> | undefined;

  constructor(connectionString: string, options: DatabaseOptions) {
    const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
    this.#pool = new pg.Pool({
      connectionString,
      max: options.connectionsMax ?? 20,
      application_name: applicationName,
      statement_timeout: statementTimeoutMs,
      lock_timeout: options.lockTimeoutMs ?? 10_000,
      // A process that is stopped in the middle of a transaction keeps its locks no longer than a lane's lease.
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
      keepAlive: true,
      types: columnTypes,
    });
    const note = (error: Error) =>
      options.log?.warn({ reason: error.message }, 'a connection to the database was lost');
    this.#pool.on('error', note);
    // A connection in use that breaks between two statements says so by an event; the next statement fails.
    this.#pool.on('connect', (client) => void client.on('error', () => {}));
  }

  async query<R>(query: Query): Promise<R[]> {
    this.#refuseInside();
    try {
      const { rows } = await this.#pool.query({ ...query, values: [...query.values] });
      return rows as R[];
    } catch (error) {
      throw storeErrorOf(error);
    }
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    this.#refuseInside();
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#attempt(work, options);
      } catch (error) {
        const again =
          error instanceof StoreError && error.code === 'conflict' && attempt < (options.retries ?? 0);
        if (!again) throw error;
        // Full jitter, so that two that met do not meet again.
        await delay(Math.random() * Math.min(10 * 2 ** attempt, 500));
      }
    }
  }

  async #attempt<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw storeErrorOf(error);
    });
    const tx = new OpenTransaction(client);
    try {
      await tx.execute(options.isolation ? `begin isolation level ${options.isolation}` : 'begin');
      const result = await this.#inside.run(tx, () => work(tx));
      await tx.commit();
      return result;
    } catch (error) {
      await tx.rollback();
      throw error;
    } finally {
      client.release(tx.broken);
    }
  }

  /**
   * Inside a transaction's work, another connection would not see the transaction's writes, could wait for
   * its locks for ever, and could starve the pool: it is always a mistake.
   */
  #refuseInside(): void {
    if (this.#inside.getStore()?.open) {
      throw new Error('a transaction is open here: its own query() must be used');
    }
  }

  connections(): { total: number; idle: number; waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount };
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
