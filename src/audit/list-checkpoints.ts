import { readCheckpoint } from './notes/checkpoint.ts';
import { writeNote } from './notes/signed-note.ts';
import type { Reader } from './read-tree.ts';

/** A checkpoint of ours: the head of each log, and those that were cosigned. */
export interface ListedCheckpoint {
  /** Of the log among ours, for the order. */
  number: number;
  log: string;
  origin: string;
  size: number;
  /** Base64, as in the note. */
  root: string;
  /** The signed note with its cosignatures. */
  note: string;
  cosignatures: { link: string; at: string }[];
}

interface Row {
  number: number;
  log: string;
  size: number;
  root: Buffer;
  checkpoint: string;
  lines: string[];
  cosignatures: string;
}

/** The newest first: by log, then by size. */
export async function listCheckpoints(
  reader: Reader,
  logName: string,
  { limit, before }: { limit: number; before?: { number: number; index: number } | undefined },
): Promise<ListedCheckpoint[]> {
  const rows = await reader.query<Row>({
    name: 'audit-list-checkpoints',
    text: `select t.number, p.* from audit_tree t cross join lateral (
             select log, size, (array_agg(root))[1] as root, (array_agg(checkpoint))[1] as checkpoint,
               array_remove(array_agg(line order by link), null) as lines,
               coalesce(json_agg(json_build_object('link', link, 'at', at) order by link) filter (where link is not null), '[]') as cosignatures
             from (select log, size, root, checkpoint, line, link, at from audit_cosignature
                   where log = t.log and ($1::integer is null or t.number < $1 or size < $2)
                   union all
                   select t.log, t.size, t.root, t.checkpoint, null, null, null
                   where $1::integer is null or t.number < $1 or t.size < $2
                   order by size desc limit $3 * 4) c
             group by log, size order by size desc limit $3) p
           where $1::integer is null or t.number <= $1
           order by t.number desc, p.size desc limit $3`,
    values: [before?.number ?? null, before?.index ?? null, limit],
  });
  return rows.map(({ number, log, size, root, checkpoint, lines, cosignatures }) => {
    const { note } = readCheckpoint(Buffer.from(checkpoint));
    return {
      number,
      log,
      origin: `${logName}/${log}`,
      size,
      root: root.toString('base64'),
      note: writeNote(note.text, [...note.signatures.map(({ line }) => line), ...lines]),
      cosignatures: JSON.parse(cosignatures) as { link: string; at: string }[],
    };
  });
}
