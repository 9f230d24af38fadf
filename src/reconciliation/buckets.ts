import { createHash, type Hash, hash } from 'node:crypto';

/** A register of a million has some 250 records in each: few enough to be listed in one request. */
export const BUCKETS = 4_096;
const HASH_BYTES = 32;
const EMPTY = hash('sha256', '', 'buffer');

/** The bucket of an enterprise: the first 12 bits of the SHA-256 of its id. */
export function bucketOf(id: string): number {
  return hash('sha256', id, 'buffer').readUInt16BE(0) >>> 4;
}

/** A register as hashes: of each bucket over the hashes of its records by ascending id, and one root over the buckets. */
export interface Digest {
  records: number;
  root: Buffer;
  /** The hashes of the buckets one after another. */
  buckets: Buffer;
}

/** Adds records up, which must come by ascending id. */
export class DigestBuilder {
  readonly #buckets: (Hash | undefined)[] = new Array(BUCKETS);
  #records = 0;

  add(id: string, sha256: Buffer): void {
    const bucket = bucketOf(id);
    const sum = this.#buckets[bucket] ?? createHash('sha256');
    sum.update(sha256);
    this.#buckets[bucket] = sum;
    this.#records += 1;
  }

  digest(): Digest {
    const buckets = Buffer.concat(Array.from(this.#buckets, (sum) => sum?.digest() ?? EMPTY));
    return { records: this.#records, buckets, root: rootOf(buckets) };
  }
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
