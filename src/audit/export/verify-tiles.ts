import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditError } from '../audit-error.ts';
import type { Checkpoint } from '../notes/checkpoint.ts';
import { leavesOf, readBundle } from '../tree/bundle.ts';
import { type Edge, EMPTY_TREE, type GrownTile, growTree, rootOfEdge } from '../tree/grow-tree.ts';
import { HASH_BYTES, leafHash, perfectRoot } from '../tree/hash.ts';
import {
  hashesAt,
  TILE_BYTES,
  TILE_WIDTH,
  type Tile,
  tilePath,
  tilesOfLevel,
  widthOf,
} from '../tree/tile.ts';
import type { ExportFault } from './verify-export.ts';

type Note = (fault: ExportFault) => void;

/**
 * Recomputes the whole tree from the entries, bundle by bundle, and compares every tile of the export with it on the
 * way, then the root. Where a bundle and its tile differ, the tile above says which of the two was changed.
 */
export async function verifyTiles(folder: string, checkpoint: Checkpoint, note: Note): Promise<void> {
  const { size, root } = checkpoint;
  let edge: Edge = EMPTY_TREE;
  let sound = true;
  for (const bundle of tilesOfLevel('entries', size)) {
    const given = await readGiven(folder, { ...bundle, level: 0 }, note);
    let leaves = (await readLeaves(folder, bundle, given, note)) ?? given;
    if (!leaves) return;
    if (given && !given.equals(leaves)) {
      sound = false;
      leaves = await blame(folder, bundle, leaves, given, size, note);
    }
    const grown = growTree(edge, leaves);
    edge = grown.edge;
    // Level 0 is compared; a tile above is complete when it is full or when the log ends.
    const complete = grown.tiles.filter(
      (tile) => tile.level > 0 && tile.width === widthOf(tile.level, tile.index, size),
    );
    for (const tile of complete) sound = (await compareTile(folder, tile, note)) && sound;
  }
  if (sound && !rootOfEdge(edge).equals(root)) {
    note({ file: 'checkpoint', message: `its root is not that of the ${size} entries of the export` });
  }
}

async function readLeaves(
  folder: string,
  bundle: Tile<'entries'>,
  given: Buffer | undefined,
  note: Note,
): Promise<Buffer | undefined> {
  const file = tilePath(bundle);
  const bytes = await readOrNote(folder, file, note);
  if (!bytes) return undefined;
  try {
    return leavesOf(readBundle(bytes, bundle.width));
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const entry = bundle.index * TILE_WIDTH + firstChanged(bytes, bundle.width, given);
    note({ file, entry, message: `entry ${entry} was changed, or its length: ${error.message}` });
    return undefined;
  }
}

/** The first entry of a bundle that cannot be read, or that is not the one whose hash is in the tile. */
function firstChanged(bytes: Buffer, width: number, given: Buffer | undefined): number {
  for (let [entry, at] = [0, 0]; entry < width; entry++) {
    const end = at + 2 > bytes.length ? Number.POSITIVE_INFINITY : at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return entry;
    const hash = given?.subarray(entry * HASH_BYTES, (entry + 1) * HASH_BYTES);
    if (hash && !leafHash(bytes.subarray(at + 2, end)).equals(hash)) return entry;
    at = end;
  }
  return width - 1;
}

async function readGiven(folder: string, tile: Tile<number>, note: Note): Promise<Buffer | undefined> {
  const file = tilePath(tile);
  const bytes = await readOrNote(folder, file, note);
  if (!bytes || bytes.length === tile.width * HASH_BYTES) return bytes;
  note({ file, message: `has ${bytes.length} bytes; ${tile.width} hashes have ${tile.width * HASH_BYTES}` });
  return undefined;
}

async function readOrNote(folder: string, file: string, note: Note): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, file));
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    note({
      file,
      message: error.code === 'ENOENT' ? 'is missing' : `cannot be read (${String(error.code)})`,
    });
    return undefined;
  }
}

/**
 * Names the entries whose hash is not that of the tile, and which of the two files the tile above contradicts.
 *
 * @returns the hashes to go on with, so that one change is named once
 */
async function blame(
  folder: string,
  bundle: Tile<'entries'>,
  leaves: Buffer,
  given: Buffer,
  size: number,
  note: Note,
): Promise<Buffer> {
  const tile = { ...bundle, level: 0 };
  const above = await hashAbove(folder, tile, size);
  const tileHolds = above?.equals(perfectRootOf(given)) ?? false;
  const entriesHold = above?.equals(perfectRootOf(leaves)) ?? false;
  for (let n = 0; n < bundle.width; n++) {
    const hash = leaves.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES);
    if (hash.equals(given.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES))) continue;
    const entry = bundle.index * TILE_WIDTH + n;
    if (!entriesHold) {
      const certain = tileHolds ? '' : `, or the hash in ${tilePath(tile)} was`;
      note({
        file: tilePath(bundle),
        entry,
        message: `entry ${entry} is not the one that was logged: it was changed${certain}`,
      });
    } else {
      note({ file: tilePath(tile), entry, message: `the hash of entry ${entry} was changed in the tile` });
    }
  }
  return tileHolds ? given : leaves;
}

function perfectRootOf(hashes: Buffer): Buffer {
  return hashes.length === TILE_BYTES ? perfectRoot(hashes) : Buffer.alloc(0);
}

/** What the export's own tile above says of a full tile. */
async function hashAbove(
  folder: string,
  { level, index, width }: Tile<number>,
  size: number,
): Promise<Buffer | undefined> {
  if (width < TILE_WIDTH || index >= hashesAt(level + 1, size)) return undefined;
  const parent = Math.floor(index / TILE_WIDTH);
  const tile = { level: level + 1, index: parent, width: widthOf(level + 1, parent, size) };
  const bytes = await readFile(join(folder, tilePath(tile))).catch(() => Buffer.alloc(0));
  const at = (index % TILE_WIDTH) * HASH_BYTES;
  return bytes.subarray(at, at + HASH_BYTES);
}

async function compareTile(folder: string, tile: GrownTile, note: Note): Promise<boolean> {
  const given = await readGiven(folder, tile, note);
  if (!given) return false;
  if (given.equals(tile.hashes)) return true;
  for (let n = 0; n < tile.width; n++) {
    const at = n * HASH_BYTES;
    if (given.subarray(at, at + HASH_BYTES).equals(tile.hashes.subarray(at, at + HASH_BYTES))) continue;
    const first = (tile.index * TILE_WIDTH + n) * TILE_WIDTH ** tile.level;
    const last = first + TILE_WIDTH ** tile.level - 1;
    note({
      file: tilePath(tile),
      entry: first,
      message: `hash ${n} is not that of the entries ${first} to ${last}`,
    });
  }
  return false;
}
