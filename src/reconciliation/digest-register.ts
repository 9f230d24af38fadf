import type { Database } from '../store/database.ts';
import { bucketOf, type Digest, DigestBuilder } from './buckets.ts';
import { type KeptHash, keepHashes } from './kept-hashes.ts';
import { type Asked, type HashedRecord, type Register, readBuckets, readRegister } from './read-records.ts';

/** Hashes written in one transaction. */
const CHUNK = 1_000;
/** Buckets listed at once: an eighth of a register. */
const BUCKETS_AT_ONCE = 512;

/** A register as it stood at an instant, as hashes. Nothing is done for it while messages come and go. */
export async function digestRegister(database: Database, register: Register, asked: Asked): Promise<Digest> {
  const builder = new DigestBuilder();
  const made = await database.transaction(
    (tx) =>
      readRegister(tx, register, asked, {
        addKept: (bucket, hashes) => builder.addKept(bucket, hashes),
        add: ({ id, sha256 }) => builder.add(id, sha256),
      }),
    { isolation: 'repeatable read' },
  );
  await keep(database, register, made);
  return builder.digest();
}

/** Records by bucket, each by ascending id. */
export async function listRecords(
  database: Database,
  register: Register,
  { buckets, ...asked }: Asked & { buckets: readonly number[] },
): Promise<Map<number, HashedRecord[]>> {
  const lists = new Map<number, HashedRecord[]>();
  const add = (record: HashedRecord) => {
    const bucket = bucketOf(record.id);
    const list = lists.get(bucket);
    if (list) list.push(record);
    else lists.set(bucket, [record]);
  };
  for (let from = 0; from < buckets.length; from += BUCKETS_AT_ONCE) {
    asked.stop?.throwIfAborted();
    const some = buckets.slice(from, from + BUCKETS_AT_ONCE);
    const made = await database.transaction((tx) => readBuckets(tx, register, asked, some, add), {
      isolation: 'repeatable read',
    });
    await keep(database, register, made);
  }
  for (const list of lists.values()) list.sort((x, y) => (x.id < y.id ? -1 : 1));
  return lists;
}

/** A crash in between costs the next comparison some hashing. */
async function keep(
  database: Database,
  { link, party }: Register,
  hashes: readonly KeptHash[],
): Promise<void> {
  for (let from = 0; from < hashes.length; from += CHUNK) {
    const some = hashes.slice(from, from + CHUNK);
    await database.transaction((tx) => keepHashes(tx, link, party, some), { retries: 3 });
  }
}
