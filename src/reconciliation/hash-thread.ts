import { parentPort } from 'node:worker_threads';
import { type RegisterRow, rowHash } from './record-hash.ts';

/** A thread that hashes rows of a register: a page comes, its hashes go back one after another, in order. */
parentPort?.on('message', (rows: RegisterRow[]) => {
  parentPort?.postMessage(Buffer.concat(rows.map(rowHash)));
});
