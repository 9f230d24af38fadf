import { HASH_BYTES, nodeHash, perfectRoot } from './hash.ts';
import { TILE_WIDTH, type Tile, widthOf } from './tile.ts';

/** Entries from `start` up to, not including, `end`; as RFC 6962 splits a tree, so each is one node of it. */
export interface Range {
  start: number;
  end: number;
}

/** Where hash tiles come from: a store, a folder, a server. Answers in the order asked. */
export type TileSource = (tiles: readonly Tile<number>[]) => Promise<readonly Buffer[]>;

/** The largest power of two smaller than n, n > 1: where RFC 6962 splits a tree. */
export function splitOf(n: number): number {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

/**
 * Hashes of nodes of a tree, read from its tiles: all tiles in one request, each once.
 *
 * @param size of the tree, which says how wide the tiles at its edge are
 */
export async function readRanges(
  source: TileSource,
  ranges: readonly Range[],
  size: number,
): Promise<Buffer[]> {
  const subtrees = ranges.map(perfectSubtrees);
  const wanted = new Map<string, Tile<number>>();
  for (const subtree of subtrees.flat()) {
    const { level, index } = subtree.tile;
    wanted.set(keyOf(subtree.tile), { level, index, width: widthOf(level, index, size) });
  }
  const tiles = [...wanted.values()];
  const read = await source(tiles);
  const hashes = new Map(tiles.map((tile, n) => [keyOf(tile), read[n] ?? Buffer.alloc(0)]));
  return subtrees.map((row) => joined(row.map((subtree) => subtreeHash(subtree, hashes))));
}

/** A perfect subtree as it lies in a tile: some hashes side by side. */
interface Subtree {
  tile: Pick<Tile<number>, 'level' | 'index'>;
  first: number;
  count: number;
}

const keyOf = ({ level, index }: Pick<Tile<number>, 'level' | 'index'>): string => `${level}/${index}`;

/** Largest first; the start of a range is a multiple of its largest subtree, because RFC 6962 splits so. */
function perfectSubtrees({ start, end }: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end; ) {
    let entries = 1;
    while (at + entries * 2 <= end) entries *= 2;
    let level = 0;
    let unit = 1;
    while (unit * TILE_WIDTH <= entries) {
      unit *= TILE_WIDTH;
      level++;
    }
    const position = at / unit;
    const tile = { level, index: Math.floor(position / TILE_WIDTH) };
    subtrees.push({ tile, first: position % TILE_WIDTH, count: entries / unit });
    at += entries;
  }
  return subtrees;
}

function subtreeHash({ tile, first, count }: Subtree, hashes: ReadonlyMap<string, Buffer>): Buffer {
  const tileHashes = hashes.get(keyOf(tile)) ?? Buffer.alloc(0);
  const part = tileHashes.subarray(first * HASH_BYTES, (first + count) * HASH_BYTES);
  if (part.length !== count * HASH_BYTES) throw new Error(`tile ${keyOf(tile)} is narrower than its tree`);
  return perfectRoot(part);
}

function joined(hashes: readonly Buffer[]): Buffer {
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}
