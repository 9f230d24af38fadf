import type { Reader } from './read-tree.ts';

/** An entry with what opens it. */
export interface OpenedEntry {
  log: string;
  index: number;
  /** Canonical JSON `{digest,id,time,v}`: what the log holds. */
  entry: string;
  message: string | null;
  /** With the salt, what the digest is of; null where it is gone. */
  content: string | null;
  salt: Buffer | null;
  gone: 'erased' | 'lost' | null;
}

const COLUMNS = 'e.log, e.index, e.entry, e.message, e.content, e.salt, e.gone';

/** The entries about one message, in their order: that it was accepted or received, and what came after. */
export function findEntriesOf(reader: Reader, message: string): Promise<OpenedEntry[]> {
  return reader.query<OpenedEntry>({
    name: 'audit-entries-of-message',
    text: `select ${COLUMNS} from audit_entry e join audit_tree t using (log)
           where e.message = $1 order by t.number, e.index limit 100`,
    values: [message],
  });
}

export async function findEntry(
  reader: Reader,
  log: string,
  index: number,
): Promise<OpenedEntry | undefined> {
  const [entry] = await reader.query<OpenedEntry>({
    name: 'audit-entry',
    text: `select ${COLUMNS} from audit_entry e where e.log = $1 and e.index = $2`,
    values: [log, index],
  });
  return entry;
}

export interface EntryFilter {
  limit: number;
  /** Number of the log and index of the last entry of the page before. */
  before?: { number: number; index: number } | undefined;
}

/** The newest first. */
export function listEntries(
  reader: Reader,
  filter: EntryFilter,
): Promise<(OpenedEntry & { number: number })[]> {
  return reader.query<OpenedEntry & { number: number }>({
    name: 'audit-list-entries',
    // Log by log from its end, so that a page costs what it shows.
    text: `select t.number, p.* from audit_tree t cross join lateral (
             select ${COLUMNS} from audit_entry e
             where e.log = t.log and ($1::integer is null or t.number < $1 or e.index < $2)
             order by e.index desc limit $3) p
           where $1::integer is null or t.number <= $1
           order by t.number desc, p.index desc limit $3`,
    values: [filter.before?.number ?? null, filter.before?.index ?? null, filter.limit],
  });
}
