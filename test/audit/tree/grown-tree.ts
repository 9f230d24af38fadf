import { leavesOf } from '../../../src/audit/tree/bundle.ts';
import { EMPTY_TREE, type GrownTree, growTree } from '../../../src/audit/tree/grow-tree.ts';
import { HASH_BYTES } from '../../../src/audit/tree/hash.ts';
import type { TileSource } from '../../../src/audit/tree/read-ranges.ts';

/** A tree in memory that keeps every tile at its widest, as a store does. */
export class GrownInMemory {
  readonly tiles = new Map<string, Buffer>();
  edge = EMPTY_TREE;
  root = growTree(EMPTY_TREE, Buffer.alloc(0)).root;

  append(entries: readonly Buffer[]): GrownTree {
    const grown = growTree(this.edge, leavesOf(entries));
    for (const { level, index, hashes } of grown.tiles)
      this.tiles.set(`${level}/${index}`, Buffer.from(hashes));
    this.edge = grown.edge;
    this.root = grown.root;
    return grown;
  }

  readonly source: TileSource = async (wanted) =>
    wanted.map(({ level, index, width }) => {
      const hashes = this.tiles.get(`${level}/${index}`);
      if (!hashes || hashes.length < width * HASH_BYTES)
        throw new Error(`no tile ${level}/${index} of ${width}`);
      return hashes.subarray(0, width * HASH_BYTES);
    });
}

export function entriesOf(count: number, seed = 0): Buffer[] {
  return Array.from({ length: count }, (_, n) => Buffer.from(`{"entry":${n},"seed":${seed}}`));
}
