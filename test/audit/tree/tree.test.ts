import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConsistency, checkInclusion } from '../../../src/audit/tree/check-proof.ts';
import { EMPTY_TREE, growTree, rootOfEdge } from '../../../src/audit/tree/grow-tree.ts';
import { EMPTY_ROOT, HASH_BYTES, leafHash } from '../../../src/audit/tree/hash.ts';
import { proveConsistency, proveInclusion } from '../../../src/audit/tree/prove.ts';
import { levelCount, readTilePath, tilePath, tilesOfLevel } from '../../../src/audit/tree/tile.ts';
import { entriesOf, GrownInMemory } from './grown-tree.ts';
import { naiveConsistency, naivePath, naiveRoot } from './naive-tree.ts';

const LARGEST = 1_000;
const entries = entriesOf(LARGEST);

describe('RFC 6962', () => {
  it('the root of every size from 0 to 1,000 is that of the definition, however the tree grew', () => {
    const tree = new GrownInMemory();
    expect(tree.root).toEqual(naiveRoot([]));
    expect(EMPTY_ROOT.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    for (let size = 1; size <= LARGEST; size++) {
      tree.append(entries.slice(size - 1, size));
      expect(tree.root.equals(naiveRoot(entries.slice(0, size)))).toBe(true);
    }
  });

  it('growing in pieces of any size gives the same root, edge and tiles', () => {
    const many = entriesOf(70_000);
    const whole = new GrownInMemory();
    whole.append(many);
    const pieces = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(pieces, (sizes) => {
        const tree = new GrownInMemory();
        for (const size of sizes) tree.append(many.slice(tree.edge.size, tree.edge.size + size));
        tree.append(many.slice(tree.edge.size));
        expect(tree.root).toEqual(whole.root);
        expect(tree.tiles).toEqual(whole.tiles);
        expect(rootOfEdge(tree.edge)).toEqual(whole.root);
      }),
      { numRuns: 3 },
    );
  });

  it('inclusion proofs are those of the definition and lead to the root', async () => {
    const tree = new GrownInMemory();
    tree.append(entries);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: LARGEST }), fc.nat(), async (size, n) => {
        const index = n % size;
        const some = entries.slice(0, size);
        const proof = await proveInclusion(tree.source, index, size);
        expect(proof).toEqual(naivePath(index, some));
        const head = { size, root: naiveRoot(some) };
        const leaf = leafHash(some[index] ?? Buffer.alloc(0));
        expect(checkInclusion(head, index, leaf, proof)).toBe(true);
        expect(checkInclusion(head, (index + 1) % size, leaf, proof)).toBe(size === 1);
        expect(checkInclusion(head, index, leafHash(Buffer.from('another')), proof)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('consistency proofs are those of the definition and hold for the two roots only', async () => {
    const tree = new GrownInMemory();
    tree.append(entries);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: LARGEST }), fc.nat(), async (size, n) => {
        const oldSize = 1 + (n % size);
        const proof = await proveConsistency(tree.source, oldSize, size);
        expect(proof).toEqual(naiveConsistency(oldSize, entries.slice(0, size)));
        const old = { size: oldSize, root: naiveRoot(entries.slice(0, oldSize)) };
        const now = { size, root: naiveRoot(entries.slice(0, size)) };
        expect(checkConsistency(old, now, proof)).toBe(true);
        const other = naiveRoot(entriesOf(oldSize, 1));
        expect(checkConsistency({ size: oldSize, root: other }, now, proof)).toBe(false);
        expect(checkConsistency(old, { size, root: other }, proof)).toBe(false);
        expect(checkConsistency(old, now, [...proof, other])).toBe(false);
        if (proof.length > 0) expect(checkConsistency(old, now, proof.slice(1))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('from nothing every tree grows, with an empty proof', () => {
    expect(
      checkConsistency({ size: 0, root: EMPTY_ROOT }, { size: 5, root: naiveRoot(entriesOf(5)) }, []),
    ).toBe(true);
    expect(checkConsistency({ size: 0, root: EMPTY_ROOT }, { size: 5, root: EMPTY_ROOT }, [EMPTY_ROOT])).toBe(
      false,
    );
  });
});

describe('tiles', () => {
  it('a tree of 70,000 has the tiles that the specification counts', () => {
    const tree = new GrownInMemory();
    const grown = growTree(EMPTY_TREE, Buffer.alloc(70_000 * HASH_BYTES));
    tree.append(entriesOf(70_000));
    const widths = (level: number) => [...tilesOfLevel(level, 70_000)].map((tile) => tile.width);
    expect(widths(0)).toEqual([...Array(273).fill(256), 112]);
    expect(widths(1)).toEqual([256, 17]);
    expect(widths(2)).toEqual([1]);
    expect(levelCount(70_000)).toBe(3);
    expect(grown.tiles.map(({ level, index, width }) => ({ level, index, width }))).toEqual(
      [0, 1, 2].flatMap((level) => [...tilesOfLevel(level, 70_000)]),
    );
    expect([...tree.tiles.keys()]).toHaveLength(274 + 2 + 1);
  });

  it('a tree of 256 has a full tile and a partial one of width 1 above it', () => {
    const grown = growTree(EMPTY_TREE, Buffer.alloc(256 * HASH_BYTES));
    expect(grown.tiles.map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1']);
  });

  it.each([
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 'entries' as const, index: 0, width: 17 }, 'tile/entries/000.p/17'],
    [{ level: 3, index: 999, width: 1 }, 'tile/3/999.p/1'],
    [{ level: 1, index: 1_000, width: 256 }, 'tile/1/x001/000'],
  ])('%j is at %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(readTilePath(path)).toEqual(tile);
  });

  it.each([
    'tile/00/000',
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/8/0/000',
    'tile/0/001/000',
    'tile/0/x001/x000',
    'tile/entries/',
    'tile/-1/000',
    'tile/0/000/',
    'tile/0/000.p/',
  ])('%s is no path', (path) => {
    expect(() => readTilePath(path)).toThrow(/no path of a tile/);
  });
});
