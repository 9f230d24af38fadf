import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { signingKey } from '../src/audit/notes/signing-key.ts';
import { readLatestHead } from '../src/audit/read-tree.ts';
import { runSequencer } from '../src/audit/run-sequencer.ts';
import { byteaArray, jsonTextArray } from '../src/store/array-literal.ts';
import type { Database } from '../src/store/database.ts';
import { openStore, type Store } from '../src/store/open-store.ts';
import { lowestId } from '../src/store/partitions.ts';

export const LOG_KEY = signingKey(
  'log',
  'bench.example/audit',
  createHash('sha256').update('bench').digest(),
);
export const LOG = '2026';
const AT = new Date('2026-11-24T00:00:00Z');
const ROWS_AT_ONCE = 10_000;

/** Bytes that only the seed and the number decide. */
const drawn = (what: string, n: number): Buffer => createHash('sha256').update(`${what} ${n}`).digest();

/** Id of the message that the nth entry is about. */
export function messageOf(n: number): string {
  const random = drawn('message', n).toString('hex');
  return `${lowestId(new Date(AT.getTime() + n)).slice(0, 14)}7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}

/**
 * A store whose log has so many entries, each about a message, sequenced by the sequencer itself. Made once; the seed
 * is in the code, so it is the same on every machine.
 */
export async function openLargeLog(folder: string, entries: number): Promise<Store> {
  const store = await openStore({ dataDir: folder, retentionDays: 30 }, pino({ level: 'silent' }));
  const made = join(folder, 'made');
  if (existsSync(made)) return store;
  const size = (await readLatestHead(store.database))?.size ?? 0;
  await using sequencer = runSequencer({
    database: store.database,
    log: pino({ level: 'warn' }),
    logKey: LOG_KEY,
    now: () => AT,
    numberFeed: () => Promise.resolve(0),
    onFeed() {},
  });
  for (let n = size; n < entries; n += ROWS_AT_ONCE) {
    await append(store.database, n, Math.min(ROWS_AT_ONCE, entries - n));
    await sequencer.settle();
  }
  await store.database.query({
    name: 'bench-analyze',
    text: 'analyze audit_entry, audit_tile',
    values: [],
  });
  await writeFile(made, `${entries}\n`);
  return store;
}

async function append(database: Database, first: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => entryOf(first + n));
  await database.query({
    name: 'bench-append',
    text: `insert into audit_pending (entry, salt, content, message)
           select * from unnest($1::text[], $2::bytea[], $3::text[], $4::uuid[])`,
    values: [
      jsonTextArray(rows.map((row) => row.entry)),
      byteaArray(rows.map((row) => row.salt)),
      jsonTextArray(rows.map((row) => row.content)),
      jsonTextArray(rows.map((row) => row.message)),
    ],
  });
}

function entryOf(n: number): { entry: string; salt: Buffer; content: string; message: string } {
  const message = messageOf(n);
  const salt = drawn('salt', n);
  const content = `{"by":"bench","kind":"message-accepted","message":"${message}"}`;
  const digest = createHash('sha256').update(salt).update(content).digest('base64url');
  return {
    entry: `{"digest":"${digest}","id":"${message}","time":"${AT.toISOString()}","v":1}`,
    salt,
    content,
    message,
  };
}
