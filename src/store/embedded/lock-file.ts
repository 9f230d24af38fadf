import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../errors.ts';

/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;

/**
 * Holds a file for this process alone until disposed. Node has no file locks; SQLite has, and the kernel
 * frees them when their holder dies, also by `kill -9`, which no file with a process id in it does.
 *
 * @throws StoreError `embedded` when another process keeps it longer than `waitMs`
 */
export async function lockFile(path: string, waitMs: number): Promise<Disposable> {
  const file = new DatabaseSync(path);
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      file.exec('begin exclusive');
      return { [Symbol.dispose]: () => file.close() };
    } catch (error) {
      const busy = error instanceof Error && Reflect.get(error, 'errcode') === BUSY;
      if (!busy || Date.now() > deadline) {
        file.close();
        throw new StoreError('embedded', `Another process holds ${path}. End it or try again.`, {
          cause: error,
        });
      }
      await delay(10 + Math.random() * 20);
    }
  }
}
