import { randomUUID } from 'node:crypto';
import { byteaArray } from '../store/array-literal.ts';
import type { Database, Transaction } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import { claimLease, releaseLease, renewLease } from '../turns/lease.ts';
import { AuditError } from './audit-error.ts';
import { readCheckpoint } from './notes/checkpoint.ts';
import type { PartnerLog } from './partner-log.ts';
import { type PulledBundle, pullBundles } from './pull-bundles.ts';
import { type Reader, readEdge } from './read-tree.ts';
import { leavesOf } from './tree/bundle.ts';
import { type Edge, EMPTY_TREE, type GrownTile, growTree } from './tree/grow-tree.ts';
import { HASH_BYTES } from './tree/hash.ts';
import type { TileSource } from './tree/read-ranges.ts';
import { TILE_WIDTH } from './tree/tile.ts';

/** A log of a partner that we watch: up to where we have cosigned it, and up to where we keep it. */
export interface WatchedLog {
  link: string;
  origin: string;
  /** What we cosigned last. */
  checkpoint: string;
  /** How many entries are kept and checked. */
  mirrored: number;
}

/** Logs of which more is cosigned than kept. */
export function findUnmirrored(reader: Reader, link: string): Promise<WatchedLog[]> {
  return reader.query<WatchedLog>({
    name: 'audit-unmirrored',
    text: `select w.link, w.origin, w.checkpoint, coalesce(m.size, 0) as mirrored
           from audit_witnessed w left join audit_mirror m using (origin)
           where w.link = $1 and w.size > coalesce(m.size, 0) order by w.origin`,
    values: [link],
  });
}

/**
 * Pulls what a partner's log has grown by, up to the checkpoint that we cosigned: the entries; the tree is computed
 * from them, and only if its root is that of the checkpoint the mirror grows.
 *
 * One pull of a log at a time, whatever process does it: a late one with a smaller checkpoint would write narrower
 * bundles over wider ones. Every write renews the pull's lease in its own transaction, so who lost it writes nothing.
 *
 * Rows are written as they come and count only once the mirror's size covers them: a crash in between leaves rows
 * beyond the size, which the next pull writes again, 8 s later at most.
 *
 * @throws AuditError `bad-proof` where the entries do not make up the tree that was cosigned, `unanswered`
 */
export async function mirrorLog(
  database: Database,
  partner: PartnerLog,
  { link, origin }: Pick<WatchedLog, 'link' | 'origin'>,
): Promise<void> {
  const pull: Pull = { origin, lease: `mirror ${origin}`, owner: randomUUID() };
  if (!(await claimLease(database, pull.lease, pull.owner))) return;
  try {
    // Read under the lease: another process may have pulled it meanwhile.
    const watched = (await findUnmirrored(database, link)).find((log) => log.origin === origin);
    if (watched) await pullLog(database, partner, watched, pull);
  } finally {
    await releaseLease(database, pull.lease, pull.owner).catch(() => undefined);
  }
}

/** One pull of a log, and the lease it writes under. */
interface Pull {
  origin: string;
  lease: string;
  owner: string;
}

async function pullLog(
  database: Database,
  partner: PartnerLog,
  watched: WatchedLog,
  pull: Pull,
): Promise<void> {
  const { checkpoint } = readCheckpoint(Buffer.from(watched.checkpoint));
  // The name of the log, the last part of its origin, is in the address.
  const prefix = `/audit/${watched.origin.slice(watched.origin.lastIndexOf('/') + 1)}`;
  let edge = await keptEdge(database, watched);
  let root: Buffer | undefined;
  while (edge.size < checkpoint.size) {
    const pulled = await pullBundles(partner, prefix, edge.size, checkpoint.size);
    const entries = pulled.flatMap((bundle) => bundle.fresh);
    const grown = growTree(edge, leavesOf(entries));
    const ours = await database.transaction((tx) => keepPulled(tx, pull, pulled, grown.tiles));
    if (!ours) return;
    ({ edge, root } = grown);
  }
  if (!root?.equals(checkpoint.root)) {
    throw new AuditError(
      'bad-proof',
      `the entries of ${watched.origin} up to ${checkpoint.size} do not make up the tree that was cosigned`,
    );
  }
  await database.transaction((tx) => advance(tx, pull, watched, checkpoint.size));
}

/** Where the pull goes on. A mirror that is narrower than its size is pulled anew: the partner still has it all. */
async function keptEdge(database: Database, { origin, mirrored }: WatchedLog): Promise<Edge> {
  if (mirrored === 0) return EMPTY_TREE;
  try {
    return await readEdge(mirrorTileSource(database, origin), mirrored);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    return EMPTY_TREE;
  }
}

/** @returns false where the pull has lost its lease; then nothing is written */
async function keepPulled(
  tx: Transaction,
  { origin, lease, owner }: Pull,
  bundles: readonly PulledBundle[],
  tiles: readonly GrownTile[],
): Promise<boolean> {
  if (!(await renewLease(tx, lease, owner))) return false;
  await tx.query({
    name: 'audit-mirror-keep',
    text: `with bundles as (
             insert into audit_mirror_bundle (origin, index, bytes) select $1, * from unnest($2::bigint[], $3::bytea[])
             on conflict (origin, index) do update set bytes = excluded.bytes
           )
           insert into audit_mirror_tile (origin, level, index, hashes)
           select $1, * from unnest($4::smallint[], $5::bigint[], $6::bytea[])
           on conflict (origin, level, index) do update set hashes = excluded.hashes`,
    values: [
      origin,
      bundles.map((bundle) => bundle.index),
      byteaArray(bundles.map((bundle) => bundle.bytes)),
      tiles.map((tile) => tile.level),
      tiles.map((tile) => tile.index),
      byteaArray(tiles.map((tile) => tile.hashes)),
    ],
  });
  return true;
}

async function advance(
  tx: Transaction,
  { lease, owner }: Pull,
  { link, origin, checkpoint }: WatchedLog,
  size: number,
): Promise<void> {
  if (!(await renewLease(tx, lease, owner))) return;
  await tx.query({
    name: 'audit-mirror-advance',
    text: `insert into audit_mirror as m (origin, link, size, checkpoint, fault, at) values ($1, $2, $3, $4, null, now())
           on conflict (origin) do update set size = $3, checkpoint = $4, fault = null, at = now() where m.size <= $3`,
    values: [origin, link, size, checkpoint],
  });
}

/** Keeps why a log could not be mirrored, for the alert. */
export async function noteMirrorFault(
  database: Database,
  { link, origin }: WatchedLog,
  fault: string,
): Promise<void> {
  await database.query({
    name: 'audit-mirror-fault',
    text: `insert into audit_mirror (origin, link, size, fault, at) values ($1, $2, 0, $3, now())
           on conflict (origin) do update set fault = $3`,
    values: [origin, link, fault],
  });
}

/** Hash tiles of a mirrored log. */
export function mirrorTileSource(reader: Reader, origin: string): TileSource {
  return async (tiles) => {
    if (tiles.length === 0) return [];
    const rows = await reader.query<{ position: number; hashes: Buffer }>({
      name: 'audit-mirror-tiles',
      text: `select u.position::integer as position, substr(t.hashes, 1, u.bytes) as hashes
             from unnest($2::smallint[], $3::bigint[], $4::integer[]) with ordinality as u(level, index, bytes, position)
             join audit_mirror_tile t on t.origin = $1 and t.level = u.level and t.index = u.index`,
      values: [
        origin,
        tiles.map((tile) => tile.level),
        tiles.map((tile) => tile.index),
        tiles.map((tile) => tile.width * HASH_BYTES),
      ],
    });
    const found = new Map(rows.map((row) => [row.position - 1, row.hashes]));
    return tiles.map((_, n) => found.get(n) ?? Buffer.alloc(0));
  };
}

export interface Mirror {
  origin: string;
  size: number;
  /** The partner's checkpoint at that size. */
  checkpoint: string | null;
}

export async function readMirror(reader: Reader, origin: string): Promise<Mirror | undefined> {
  const [row] = await reader.query<Mirror>({
    name: 'audit-mirror',
    text: 'select origin, size, checkpoint from audit_mirror where origin = $1',
    values: [origin],
  });
  return row;
}

/** The entries of one mirrored bundle, as many as asked for; none where the mirror does not reach so far. */
export async function readMirrorBundle(
  reader: Reader,
  { origin, size }: Mirror,
  index: number,
): Promise<Buffer[]> {
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
  const [row] = await reader.query<{ bytes: Buffer }>({
    name: 'audit-mirror-bundle',
    text: 'select bytes from audit_mirror_bundle where origin = $1 and index = $2',
    values: [origin, index],
  });
  if (!row || width <= 0) return [];
  return entriesAtLeast(row.bytes, width);
}

/** A pull that is under way may have made the bundle wider than what is checked. */
function entriesAtLeast(bytes: Buffer, width: number): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; entries.length < width && at + 2 <= bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
