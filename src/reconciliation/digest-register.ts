import type { Database } from '../store/database.ts';
import { bucketOf, type Digest, DigestBuilder } from './buckets.ts';
import { type Asked, type HashedRecord, type Register, readRecords } from './read-records.ts';

/** A register as it stood at an instant, as hashes. Nothing is kept for it while messages come and go. */
export function digestRegister(database: Database, register: Register, asked: Asked): Promise<Digest> {
  return database.transaction(
    async (tx) => {
      const builder = new DigestBuilder();
      for await (const page of readRecords(tx, register, asked)) {
        for (const { id, sha256 } of page) builder.add(id, sha256);
      }
      return builder.digest();
    },
    { isolation: 'repeatable read' },
  );
}

/** Records by bucket, each by ascending id. */
export async function listRecords(
  database: Database,
  register: Register,
  asked: Asked,
): Promise<Map<number, HashedRecord[]>> {
  return database.transaction(
    async (tx) => {
      const lists = new Map<number, HashedRecord[]>();
      for await (const page of readRecords(tx, register, asked)) {
        for (const record of page) {
          const bucket = bucketOf(record.id);
          const list = lists.get(bucket);
          if (list) list.push(record);
          else lists.set(bucket, [record]);
        }
      }
      for (const list of lists.values()) list.sort((x, y) => (x.id < y.id ? -1 : 1));
      return lists;
    },
    { isolation: 'repeatable read' },
  );
}
