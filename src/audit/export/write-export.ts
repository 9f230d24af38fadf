import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AuditError } from '../audit-error.ts';
import { writePolicy } from '../notes/policy.ts';
import { keyOfLog, type VerifierKey, writeVerifierKey } from '../notes/verifier-key.ts';
import { readPublished } from '../read-published.ts';
import { type Reader, readEntryBundles, tileSource } from '../read-tree.ts';
import { levelCount, TILE_WIDTH, type Tile, tilePath, tilesOfLevel } from '../tree/tile.ts';

/** Whose signatures an export carries. */
export interface ExportKeys {
  /** Of the party whose log it is. */
  log: VerifierKey;
  /** Witnesses by the name that the policy gives them. */
  witnesses: ReadonlyMap<string, VerifierKey>;
}

export interface WrittenExport {
  origin: string;
  size: number;
  /** How many witnesses cosigned the checkpoint. */
  cosigned: number;
}

/** Files of an export beside `tile/`. */
export const EXPORT_FILES = { checkpoint: 'checkpoint', policy: 'policy', keys: 'verifier-keys' } as const;

/** Tiles read in one statement: 2 MiB. */
const TILES_AT_ONCE = 256;
/** Bundles read in one statement: some 3 MiB. */
const BUNDLES_AT_ONCE = 64;

/**
 * Writes a log as the file tree of C2SP tlog-tiles, with its checkpoint and the public keys that it is verified with:
 * everything that a program of others needs, and no content of any entry.
 *
 * @param folder made where it is missing; it must be empty
 * @throws AuditError `not-empty`, `not-found`
 */
export async function writeExport(
  reader: Reader,
  log: string,
  keys: ExportKeys,
  folder: string,
): Promise<WrittenExport> {
  const published = await readPublished(reader, log);
  if (!published) throw new AuditError('not-found', `there is no log ${log} yet`);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new AuditError(
      'not-empty',
      `${folder} is not empty: an export is written into a folder of its own`,
    );
  }
  await writeTiles(reader, log, published.size, folder);
  await writeBundles(reader, log, published.size, folder);
  const logKey = keyOfLog(keys.log, log);
  const named = [logKey, ...keys.witnesses.values()];
  await writeFile(join(folder, EXPORT_FILES.policy), writePolicy([logKey], keys.witnesses));
  await writeFile(join(folder, EXPORT_FILES.keys), named.map((key) => `${writeVerifierKey(key)}\n`).join(''));
  // Last: an export that was broken off has no checkpoint.
  await writeFile(join(folder, EXPORT_FILES.checkpoint), published.note);
  return { origin: logKey.name, size: published.size, cosigned: published.cosignedBy.length };
}

async function writeTiles(reader: Reader, log: string, size: number, folder: string): Promise<void> {
  const source = tileSource(reader, log);
  for (let level = 0; level < levelCount(size); level++) {
    for (const tiles of inGroups(tilesOfLevel(level, size), TILES_AT_ONCE)) {
      const hashes = await source(tiles);
      for (const [n, tile] of tiles.entries()) await writeTile(folder, tile, hashes[n] ?? Buffer.alloc(0));
    }
  }
}

async function writeBundles(reader: Reader, log: string, size: number, folder: string): Promise<void> {
  for (const tiles of inGroups(tilesOfLevel('entries', size), BUNDLES_AT_ONCE)) {
    const [first] = tiles;
    if (!first) return;
    const until = Math.min(size, (first.index + tiles.length) * TILE_WIDTH);
    const bundles = await readEntryBundles(reader, log, first.index, until);
    for (const [n, tile] of tiles.entries()) await writeTile(folder, tile, bundles[n] ?? Buffer.alloc(0));
  }
}

async function writeTile(folder: string, tile: Tile, bytes: Buffer): Promise<void> {
  const file = join(folder, tilePath(tile));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

function* inGroups<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
