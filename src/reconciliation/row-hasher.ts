import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type RegisterRow, rowHash } from './record-hash.ts';

const HASH_BYTES = 32;
/** Fewer rows are hashed sooner than a thread is up. */
const ROWS_WITHOUT_THREAD = 200;

/**
 * Hashes pages of rows in a thread of its own: of a million records it is 20 s of a core, in which requests would wait
 * for each page.
 */
export class RowHasher implements AsyncDisposable {
  #worker: Worker | undefined;

  /** One page at a time. */
  async hash(rows: readonly RegisterRow[]): Promise<Buffer[]> {
    if (!this.#worker && rows.length <= ROWS_WITHOUT_THREAD) return rows.map(rowHash);
    this.#worker ??= new Worker(new URL('./hash-thread.ts', import.meta.url));
    this.#worker.postMessage(rows);
    const [hashes] = (await once(this.#worker, 'message')) as [Uint8Array];
    const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength);
    return rows.map((_, n) => bytes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
  }
}
