import { EMPTY_ROOT, HASH_BYTES, nodeHash, perfectRoot } from './hash.ts';
import { hashesAt, TILE_BYTES, TILE_WIDTH, type Tile } from './tile.ts';

/**
 * The right edge of a tree: for each level of tiles the hashes of its last tile, none where that is full. It is all
 * that is needed to extend the tree and to compute its root, at most 7 × 8 KiB, whatever its size.
 */
export interface Edge {
  size: number;
  levels: readonly Buffer[];
}

export const EMPTY_TREE: Edge = { size: 0, levels: [] };

/** A tile as it stands after the growth: new, or wider than before. */
export interface GrownTile extends Tile<number> {
  hashes: Buffer;
}

export interface GrownTree {
  edge: Edge;
  root: Buffer;
  tiles: GrownTile[];
}

/**
 * Extends a tree by leaves, level by level: what completes a tile sends the tile's root one level up. Nothing left of
 * the edge is read. Costs two hashes a leaf at most, and up to 255 a level for the root.
 *
 * @param leaves hashes of the new leaves, one after another
 */
export function growTree(before: Edge, leaves: Buffer): GrownTree {
  const levels = [...before.levels];
  const tiles: GrownTile[] = [];
  let incoming = leaves;
  for (let level = 0; incoming.length > 0; level++) {
    const first = Math.floor(hashesAt(level, before.size) / TILE_WIDTH);
    const hashes = Buffer.concat([levels[level] ?? Buffer.alloc(0), incoming]);
    const roots: Buffer[] = [];
    let at = 0;
    for (; at + TILE_BYTES <= hashes.length; at += TILE_BYTES) {
      const full = hashes.subarray(at, at + TILE_BYTES);
      tiles.push({ level, index: first + at / TILE_BYTES, width: TILE_WIDTH, hashes: full });
      roots.push(perfectRoot(full));
    }
    const rest = hashes.subarray(at);
    if (rest.length > 0) {
      tiles.push({ level, index: first + at / TILE_BYTES, width: rest.length / HASH_BYTES, hashes: rest });
    }
    levels[level] = rest;
    incoming = Buffer.concat(roots);
  }
  const edge = { size: before.size + leaves.length / HASH_BYTES, levels };
  return { edge, root: rootOfEdge(edge), tiles };
}

/**
 * RFC 6962, 2.1: the tree is a row of perfect subtrees, the largest first, joined from the right. Each level of the
 * edge holds the subtrees of eight sizes.
 */
export function rootOfEdge({ levels }: Edge): Buffer {
  let root: Buffer | undefined;
  for (const hashes of levels) {
    let end = hashes.length / HASH_BYTES;
    for (let width = 1; width < TILE_WIDTH && end > 0; width *= 2) {
      // The binary digits of the count say which subtrees there are; the least is the rightmost.
      if (Math.floor(end / width) % 2 === 0) continue;
      const subtree = perfectRoot(hashes.subarray((end - width) * HASH_BYTES, end * HASH_BYTES));
      root = root ? nodeHash(subtree, root) : subtree;
      end -= width;
    }
  }
  return root ?? EMPTY_ROOT;
}
