import type { Database, Query, Transaction, TransactionOptions } from '../../src/store/database.ts';
import { StoreError } from '../../src/store/errors.ts';

/** How the process that writes goes down: before the write is on disk, or after it and before it is told. */
export type CrashMode = 'failed and not persisted' | 'failed but persisted';

/**
 * A database whose user crashes at one durable write. A durable write is a statement that changes something, or a
 * transaction of such, and is named by its statements. After the crash nothing more is done until `restart()`, as
 * nothing more is done by a dead process.
 */
export class FaultyDatabase implements Database {
  readonly #inner: Database;
  readonly #seen = new Set<string>();
  #planned: { write: string; mode: CrashMode } | undefined;
  #dead = false;

  constructor(inner: Database) {
    this.#inner = inner;
  }

  /** Names of the durable writes seen, in order of their first time. */
  get writes(): string[] {
    return [...this.#seen];
  }

  /** Forgets what was seen: the next writes are those of another story. */
  forget(): void {
    this.#seen.clear();
  }

  /** Crashed, and not started again yet. */
  get dead(): boolean {
    return this.#dead;
  }

  /** The plan is still to be met. */
  get armed(): boolean {
    return this.#planned !== undefined;
  }

  crashAt(write: string, mode: CrashMode): void {
    this.#planned = { write, mode };
  }

  restart(): void {
    this.#dead = false;
  }

  async query<R>(query: Query): Promise<R[]> {
    this.#refuseDead();
    if (!isWrite(query.text)) return this.#inner.query<R>(query);
    return this.#write([query.name], () => this.#inner.query<R>(query));
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    this.#refuseDead();
    const crashesAfter = await this.#inner.transaction(async (tx) => {
      const names: string[] = [];
      const result = await work({
        query: (query) => {
          if (isWrite(query.text)) names.push(query.name);
          return tx.query(query);
        },
        copy: (target, rows, batch) => {
          if (rows.length > 0) names.push(`copy ${target.table}`);
          return tx.copy(target, rows, batch);
        },
        execute: (sql) => tx.execute(sql),
      });
      const crash = names.length === 0 ? undefined : this.#meet(names);
      // Thrown inside, so that what was written is rolled back.
      if (crash === 'failed and not persisted') throw this.#die();
      return { result, crash };
    }, options);
    if (crashesAfter.crash === 'failed but persisted') throw this.#die();
    return crashesAfter.result;
  }

  async #write<T>(names: readonly string[], write: () => Promise<T>): Promise<T> {
    const crash = this.#meet(names);
    if (crash === 'failed and not persisted') throw this.#die();
    const result = await write();
    if (crash === 'failed but persisted') throw this.#die();
    return result;
  }

  #meet(names: readonly string[]): CrashMode | undefined {
    const write = [...new Set(names)].join(' + ');
    this.#seen.add(write);
    if (this.#planned?.write !== write) return undefined;
    const { mode } = this.#planned;
    this.#planned = undefined;
    return mode;
  }

  #die(): StoreError {
    this.#dead = true;
    return new StoreError('unavailable', 'planted: the process died here');
  }

  #refuseDead(): void {
    if (this.#dead) throw new StoreError('unavailable', 'planted: the process is dead');
  }

  connections(): ReturnType<Database['connections']> {
    return this.#inner.connections();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const LOCKING = /\bfor (no key )?(update|share)\b/g;

function isWrite(text: string): boolean {
  return /\b(insert into|update|delete from)\b/.test(text.replace(LOCKING, ''));
}
