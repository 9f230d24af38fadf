import { readCheckpoint } from './notes/checkpoint.ts';
import { writeNote } from './notes/signed-note.ts';
import { type Reader, readHead } from './read-tree.ts';

/** A checkpoint of ours as others get it: with the cosignatures that it has. */
export interface GivenCheckpoint {
  size: number;
  root: Buffer;
  /** The signed note. */
  note: string;
  /** Links whose witness has cosigned it. */
  cosignedBy: string[];
}

interface Row {
  size: number;
  root: Buffer;
  checkpoint: string;
  lines: string[];
  links: string[];
}

/** Cosignatures among which the best is looked for: some minutes of a busy log. */
const LOOKED_AT = 500;

/**
 * The checkpoint of a log that is given out: the largest one that the most witnesses have cosigned; before there is
 * any cosignature, the head as it is signed.
 *
 * @param least the smallest size that will do: one more than the index of the entry that is to be proved
 * @returns undefined where there is no such log, or it is smaller
 */
export async function readPublished(
  reader: Reader,
  log: string,
  least = 0,
): Promise<GivenCheckpoint | undefined> {
  const [row] = await reader.query<Row>({
    name: 'audit-published',
    text: `select size, (array_agg(root))[1] as root, (array_agg(checkpoint))[1] as checkpoint,
             array_agg(line order by link) as lines, array_agg(link order by link) as links
           from (select * from audit_cosignature where log = $1 and size >= $2 order by size desc limit $3) latest
           group by size order by count(*) desc, size desc limit 1`,
    values: [log, least, LOOKED_AT],
  });
  if (row) {
    return {
      size: row.size,
      root: row.root,
      note: withLines(row.checkpoint, row.lines),
      cosignedBy: row.links,
    };
  }
  const head = await readHead(reader, log);
  if (!head || head.size < least) return undefined;
  return { size: head.size, root: head.root, note: head.checkpoint, cosignedBy: [] };
}

function withLines(checkpoint: string, lines: readonly string[]): string {
  const { note } = readCheckpoint(Buffer.from(checkpoint));
  return writeNote(note.text, [...note.signatures.map(({ line }) => line), ...lines]);
}
