import { byteaArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import type { LogHead } from './read-tree.ts';
import type { GrownTile } from './tree/grow-tree.ts';

/**
 * Writes grown tiles and the new head, by compare-and-set on the size and root that the tree had: whatever lets two
 * sequencers through, only one of them extends a tree.
 *
 * @param before the head that was extended; undefined for a log's first entries
 * @throws Error where the tree is not `before` any more; the transaction must roll back
 */
export async function writeTree(
  tx: Transaction,
  before: Pick<LogHead, 'size' | 'root'> | undefined,
  now: LogHead,
  tiles: readonly GrownTile[],
): Promise<void> {
  const [written] = await tx.query<{ size: number }>({
    name: 'audit-write-tree',
    text: `with tiles as (
             insert into audit_tile (log, level, index, hashes)
             select $1, * from unnest($2::smallint[], $3::bigint[], $4::bytea[])
             on conflict (log, level, index) do update set hashes = excluded.hashes
           )
           insert into audit_tree (log, number, size, root, checkpoint, signed_at)
           values ($1, (select coalesce(max(number), 0) + 1 from audit_tree), $5, $6, $7, $8)
           on conflict (log) do update
             set size = excluded.size, root = excluded.root, checkpoint = excluded.checkpoint, signed_at = excluded.signed_at
             where audit_tree.size = $9 and audit_tree.root = $10
           returning size`,
    values: [
      now.log,
      tiles.map((tile) => tile.level),
      tiles.map((tile) => tile.index),
      byteaArray(tiles.map((tile) => tile.hashes)),
      now.size,
      now.root,
      now.checkpoint,
      now.signedAt,
      before?.size ?? null,
      before?.root ?? null,
    ],
  });
  if (!written) throw new Error(`the log ${now.log} was extended by another sequencer: this pass is undone`);
}
