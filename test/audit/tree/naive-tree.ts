import { createHash } from 'node:crypto';

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** RFC 6962, 2.1, as it is written: MTH(D[n]). */
export function naiveRoot(entries: readonly Buffer[]): Buffer {
  const [only, ...more] = entries;
  if (!only) return sha256();
  if (more.length === 0) return sha256(Buffer.from([0]), only);
  const k = split(entries.length);
  return sha256(Buffer.from([1]), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

/** RFC 6962, 2.1.1: PATH(m, D[n]). */
export function naivePath(m: number, entries: readonly Buffer[]): Buffer[] {
  if (entries.length <= 1) return [];
  const k = split(entries.length);
  return m < k
    ? [...naivePath(m, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naivePath(m - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
}

/** RFC 6962, 2.1.2: PROOF(m, D[n]) = SUBPROOF(m, D[n], true). */
export function naiveConsistency(m: number, entries: readonly Buffer[], known = true): Buffer[] {
  if (m === entries.length) return known ? [] : [naiveRoot(entries)];
  const k = split(entries.length);
  return m <= k
    ? [...naiveConsistency(m, entries.slice(0, k), known), naiveRoot(entries.slice(k))]
    : [...naiveConsistency(m - k, entries.slice(k), false), naiveRoot(entries.slice(0, k))];
}
