import { hash } from 'node:crypto';

/** A register of a million has some 250 records in each: few enough to be listed in one request. */
export const BUCKETS = 4_096;
const HASH_BYTES = 32;

/** The bucket of an enterprise: the first 12 bits of the SHA-256 of its id. */
export function bucketOf(id: string): number {
  return hash('sha256', id, 'buffer').readUInt16BE(0) >>> 4;
}

/** A register as hashes: of each bucket over the hashes of its records in ascending order, and one root over the buckets. */
export interface Digest {
  records: number;
  root: Buffer;
  /** The hashes of the buckets one after another. */
  buckets: Buffer;
}

/** Adds records up, in any order: 32 bytes are kept of each. */
export class DigestBuilder {
  readonly #buckets: Buffer[][] = Array.from({ length: BUCKETS }, () => []);
  #records = 0;

  add(id: string, sha256: Buffer): void {
    this.#buckets[bucketOf(id)]?.push(sha256);
    this.#records += 1;
  }

  /** Hashes of records of one bucket, one after another. */
  addKept(bucket: number, hashes: Buffer): void {
    for (let from = 0; from < hashes.length; from += HASH_BYTES) {
      this.#buckets[bucket]?.push(hashes.subarray(from, from + HASH_BYTES));
      this.#records += 1;
    }
  }

  digest(): Digest {
    const buckets = Buffer.concat(this.#buckets.map(bucketHash));
    return { records: this.#records, buckets, root: rootOf(buckets) };
  }
}

function bucketHash(hashes: Buffer[]): Buffer {
  return hash('sha256', Buffer.concat(hashes.sort(Buffer.compare)), 'buffer');
}

export function rootOf(buckets: Buffer): Buffer {
  return hash('sha256', buckets, 'buffer');
}

/** The numbers of the buckets that are not the same in both. */
export function differingBuckets(a: Buffer, b: Buffer): number[] {
  const differing: number[] = [];
  for (let n = 0; n < BUCKETS; n++) {
    const [from, to] = [n * HASH_BYTES, (n + 1) * HASH_BYTES];
    if (a.compare(b, from, to, from, to) !== 0) differing.push(n);
  }
  return differing;
}
