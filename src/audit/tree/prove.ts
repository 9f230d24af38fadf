import { type Range, readRanges, splitOf, type TileSource } from './read-ranges.ts';

/**
 * Inclusion proof (RFC 6962, 2.1.1): from the leaf's sibling up to the child of the root.
 *
 * @param index of the entry, from 0, below `size`
 */
export function proveInclusion(source: TileSource, index: number, size: number): Promise<Buffer[]> {
  if (index < 0 || index >= size) throw new RangeError(`entry ${index} is not in a tree of ${size}`);
  return readRanges(source, inclusionRanges(index, { start: 0, end: size }), size);
}

function inclusionRanges(index: number, { start, end }: Range): Range[] {
  if (end - start === 1) return [];
  const middle = start + splitOf(end - start);
  return index < middle
    ? [...inclusionRanges(index, { start, end: middle }), { start: middle, end }]
    : [...inclusionRanges(index, { start: middle, end }), { start, end: middle }];
}

/**
 * Consistency proof (RFC 6962, 2.1.2) that a tree of `oldSize` is the beginning of one of `size`. Empty from nothing
 * and between equal sizes.
 */
export function proveConsistency(source: TileSource, oldSize: number, size: number): Promise<Buffer[]> {
  if (oldSize > size) throw new RangeError(`a tree of ${oldSize} is not in one of ${size}`);
  if (oldSize === 0) return Promise.resolve([]);
  return readRanges(source, consistencyRanges(oldSize, { start: 0, end: size }, true), size);
}

/** @param known the old root is the hash of this range, so it need not be said */
function consistencyRanges(oldEnd: number, { start, end }: Range, known: boolean): Range[] {
  if (oldEnd === end) return known ? [] : [{ start, end }];
  const middle = start + splitOf(end - start);
  return oldEnd <= middle
    ? [...consistencyRanges(oldEnd, { start, end: middle }, known), { start: middle, end }]
    : [...consistencyRanges(oldEnd, { start: middle, end }, false), { start, end: middle }];
}
