import type pg from 'pg';
import { type CopyTarget, copyRows, encodeRows } from './copy-rows.ts';
import type { Query, Transaction } from './database.ts';
import { StoreError, storeErrorOf } from './errors.ts';

/** A transaction on one connection, from before its BEGIN until its COMMIT or ROLLBACK. */
export class OpenTransaction implements Transaction {
  readonly #client: pg.PoolClient;
  #state: 'open' | 'closed' = 'open';
  /** Statements run one after another, also when the work asks for several at once. */
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;
  /** Set when the connection must not go back to the pool. */
  broken: Error | undefined;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  get open(): boolean {
    return this.#state === 'open';
  }

  async query<R>(query: Query): Promise<R[]> {
    const { rows } = await this.#run(() => this.#client.query({ ...query, values: [...query.values] }));
    return rows as R[];
  }

  async copy<Row, Batch>(target: CopyTarget<Row, Batch>, rows: readonly Row[], batch: Batch): Promise<void> {
    if (rows.length === 0) return;
    const encoded = encodeRows(target, rows, batch);
    await this.#run(() => copyRows(this.#client, target.sql, encoded));
  }

  async execute(sql: string): Promise<void> {
    await this.#run(() => this.#client.query(sql));
  }

  async commit(): Promise<void> {
    const unfinished = this.#underWay;
    this.#assertOpen();
    if (unfinished > 0)
      throw new Error(`${unfinished} statement(s) were still running when the work returned`);
    this.#state = 'closed';
    let command: string;
    try {
      ({ command } = await this.#client.query('commit'));
    } catch (error) {
      throw this.#failedCommit(storeErrorOf(error));
    }
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
    if (command !== 'COMMIT') {
      throw new Error('a statement failed and the work went on: the transaction was rolled back');
    }
  }

  #failedCommit(error: StoreError): StoreError {
    if (error.code !== 'unavailable' && error.code !== 'timeout') return error;
    this.broken = error;
    return new StoreError(
      'commit-unknown',
      'The connection to the database broke while it was committing. Ask again what is there before repeating.',
      { cause: error.cause },
    );
  }

  /** Never throws: a connection that cannot roll back is thrown away, which rolls back as well. */
  async rollback(): Promise<void> {
    if (!this.open) return;
    this.#state = 'closed';
    try {
      await this.#last;
      await this.#client.query('rollback');
    } catch (error) {
      this.broken = error instanceof Error ? error : new Error('rollback failed', { cause: error });
    }
  }

  async #run<T>(statement: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    this.#underWay++;
    const result = this.#last.then(statement);
    this.#last = result.catch(() => {});
    try {
      return await result;
    } catch (error) {
      throw storeErrorOf(error);
    } finally {
      this.#underWay--;
    }
  }

  #assertOpen(): void {
    if (!this.open) throw new Error('the transaction is over: a statement came after its end');
  }
}
