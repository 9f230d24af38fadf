import { malformed } from '../audit-error.ts';
import { readDecimal } from '../notes/decimal.ts';
import { HASH_BYTES } from './hash.ts';

/** Hashes of a full tile (C2SP tlog-tiles): a subtree of height 8. */
export const TILE_WIDTH = 256;
export const TILE_BYTES: number = TILE_WIDTH * HASH_BYTES;

/** A tree of 2^53 - 1 entries has 7 levels of tiles; one more than that cannot come up. */
export const LEVELS_MAX = 7;

/** A tile of hashes, or with level `entries` a bundle of entries. */
export interface Tile<Level = number | 'entries'> {
  level: Level;
  /** Counted from 0 within its level. */
  index: number;
  /** 1 to 256; fewer than 256 only at the right edge of the tree. */
  width: number;
}

/** Hashes at a level of tiles that a tree of this size has: one for each 256^level entries. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Width of the tile of that index in a tree of that size; 0 where the tree does not reach it. */
export function widthOf(level: number | 'entries', index: number, size: number): number {
  const hashes = hashesAt(level === 'entries' ? 0 : level, size);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** Every tile of one level of a tree of that size, from the left. */
export function* tilesOfLevel<L extends number | 'entries'>(level: L, size: number): Generator<Tile<L>> {
  for (let index = 0; ; index++) {
    const width = widthOf(level, index, size);
    if (width === 0) return;
    yield { level, index, width };
  }
}

/** How many levels of tiles a tree has; none where it is empty. */
export function levelCount(size: number): number {
  let levels = 0;
  while (hashesAt(levels, size) > 0) levels++;
  return levels;
}

/** `tile/0/x001/x234/067`, `tile/entries/000.p/17`. */
export function tilePath({ level, index, width }: Tile): string {
  const partial = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${indexPath(index)}${partial}`;
}

/** Groups of three digits, all but the last with an `x`: a folder and a file never bear the same name. */
function indexPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, n) => (n === groups.length - 1 ? group : `x${group}`)).join('/');
}

/** @throws AuditError `malformed` for a path that is not exactly the one way to write its tile */
export function readTilePath(path: string): Tile {
  const [, levelText, indexText, widthText] =
    /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  if (levelText === undefined || indexText === undefined) throw malformed(`${path} is no path of a tile`);
  const level = levelText === 'entries' ? 'entries' : readDecimal(levelText);
  const index = Number(indexText.replace(/[x/]/g, ''));
  const width = widthText === undefined ? TILE_WIDTH : readDecimal(widthText);
  if (level !== undefined && width !== undefined && width >= 1 && width <= TILE_WIDTH) {
    const tile: Tile = { level, index, width };
    if (tilePath(tile) === path) return tile;
  }
  throw malformed(`${path} is no path of a tile`);
}
