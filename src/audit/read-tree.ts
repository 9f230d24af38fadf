import type { Database } from '../store/database.ts';
import type { Edge } from './tree/grow-tree.ts';
import { HASH_BYTES } from './tree/hash.ts';
import type { TileSource } from './tree/read-ranges.ts';
import { hashesAt, levelCount, TILE_WIDTH, widthOf } from './tree/tile.ts';

/** A database, or a transaction on it. */
export type Reader = Pick<Database, 'query'>;

/** The head of one log of ours, as it stands in the store. */
export interface LogHead {
  log: string;
  size: number;
  root: Buffer;
  /** The note with the log's own signature. */
  checkpoint: string;
  signedAt: Date;
}

const HEAD = `log, size, root, checkpoint, signed_at as "signedAt"`;

/** The log that is written now: the latest one. */
export async function readLatestHead(reader: Reader): Promise<LogHead | undefined> {
  const [head] = await reader.query<LogHead>({
    name: 'audit-latest-head',
    text: `select ${HEAD} from audit_tree order by number desc limit 1`,
    values: [],
  });
  return head;
}

export async function readHead(reader: Reader, log: string): Promise<LogHead | undefined> {
  const [head] = await reader.query<LogHead>({
    name: 'audit-head',
    text: `select ${HEAD} from audit_tree where log = $1`,
    values: [log],
  });
  return head;
}

/** Every log of ours, the oldest first. */
export function readHeads(reader: Reader): Promise<(LogHead & { givenUp: string | null })[]> {
  return reader.query<LogHead & { givenUp: string | null }>({
    name: 'audit-heads',
    text: `select ${HEAD}, given_up as "givenUp" from audit_tree order by number`,
    values: [],
  });
}

/** Reads hash tiles of one log, of whatever width a tree of ours had. One statement for any number of tiles. */
export function tileSource(reader: Reader, log: string): TileSource {
  return async (tiles) => {
    if (tiles.length === 0) return [];
    const rows = await reader.query<{ position: number; hashes: Buffer }>({
      name: 'audit-tiles',
      text: `select u.position::integer as position, substr(t.hashes, 1, u.bytes) as hashes
             from unnest($2::smallint[], $3::bigint[], $4::integer[]) with ordinality as u(level, index, bytes, position)
             join audit_tile t on t.log = $1 and t.level = u.level and t.index = u.index`,
      values: [
        log,
        tiles.map((tile) => tile.level),
        tiles.map((tile) => tile.index),
        tiles.map((tile) => tile.width * HASH_BYTES),
      ],
    });
    const found = new Map(rows.map((row) => [row.position - 1, row.hashes]));
    return tiles.map((_, n) => found.get(n) ?? Buffer.alloc(0));
  };
}

/** The right edge that a log had at a size it has reached: what growTree extends. */
export async function readEdge(source: TileSource, size: number): Promise<Edge> {
  const tiles = Array.from({ length: levelCount(size) }, (_, level) => {
    const index = Math.floor(hashesAt(level, size) / TILE_WIDTH);
    return { level, index, width: widthOf(level, index, size) };
  });
  const partial = tiles.filter((tile) => tile.width > 0);
  const hashes = await source(partial);
  const levels = tiles.map((tile) => {
    const held = hashes[partial.indexOf(tile)] ?? Buffer.alloc(0);
    if (held.length !== tile.width * HASH_BYTES) {
      throw new Error(`the tile ${tile.level}/${tile.index} of the log is narrower than its tree of ${size}`);
    }
    return held;
  });
  return { size, levels };
}

/** A bundle of entries as it is served; empty where the log does not reach so far. */
export async function readEntryBundle(
  reader: Reader,
  log: string,
  index: number,
  width: number,
): Promise<Buffer> {
  const [row] = await reader.query<{ count: number; bundle: Buffer | null }>({
    name: 'audit-bundle',
    text: `select count(*)::integer as count,
             string_agg(substr(int4send(octet_length(entry)), 3) || convert_to(entry, 'UTF8'), ''::bytea order by index) as bundle
           from audit_entry where log = $1 and index >= $2 and index < $3`,
    values: [log, index * TILE_WIDTH, index * TILE_WIDTH + width],
  });
  return row?.count === width && row.bundle ? row.bundle : Buffer.alloc(0);
}

/** Bundles one after another, from that of the index up to the entry before `until`. One statement. */
export async function readEntryBundles(
  reader: Reader,
  log: string,
  first: number,
  until: number,
): Promise<Buffer[]> {
  const rows = await reader.query<{ bundle: Buffer }>({
    name: 'audit-bundles',
    text: `select string_agg(substr(int4send(octet_length(entry)), 3) || convert_to(entry, 'UTF8'), ''::bytea order by index) as bundle
           from audit_entry where log = $1 and index >= $2 and index < $3
           group by index / $4 order by index / $4`,
    values: [log, first * TILE_WIDTH, until, TILE_WIDTH],
  });
  return rows.map((row) => row.bundle);
}
