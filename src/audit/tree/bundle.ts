import { malformed } from '../audit-error.ts';
import { HASH_BYTES, leafHash } from './hash.ts';

/** A bundle of 256 entries, each with its length before it, is at most this long. */
export const BUNDLE_BYTES_MAX: number = 256 * (2 + 0xffff);

/** Entries one after another, each with its length in two bytes before it (C2SP tlog-tiles, "entry bundles"). */
export function writeBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.allocUnsafe(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/**
 * @param count how many entries it must hold, not one more or less
 * @throws AuditError `malformed`, which names the entry within the bundle
 */
export function readBundle(bytes: Buffer, count: number): Buffer[] {
  const entries: Buffer[] = [];
  let at = 0;
  while (entries.length < count) {
    const start = at + 2;
    const end = start > bytes.length ? Number.POSITIVE_INFINITY : start + bytes.readUInt16BE(at);
    if (end > bytes.length) throw malformed(`the bundle ends within its entry ${entries.length} of ${count}`);
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  if (at !== bytes.length)
    throw malformed(`${bytes.length - at} bytes follow the ${count} entries of the bundle`);
  return entries;
}

/** Leaf hashes of entries, one after another. */
export function leavesOf(entries: readonly Uint8Array[]): Buffer {
  const leaves = Buffer.allocUnsafe(entries.length * HASH_BYTES);
  for (const [n, entry] of entries.entries()) leaves.set(leafHash(entry), n * HASH_BYTES);
  return leaves;
}
