import type { OpenedEntry } from './find-entries.ts';
import type { Reader } from './read-tree.ts';

/**
 * Entries that one page looks at for those of a kind: an index of kinds would cost every step of every message, and a
 * rare kind in a long log more than a page may take.
 */
const LOOKED_AT_MAX = 50_000;

export interface PlaceInLogs {
  /** Of the log among ours. */
  number: number;
  index: number;
}

export interface EntriesOfKind {
  entries: (OpenedEntry & { number: number })[];
  /** Where to go on, though there may be nothing more; null at the beginning of the first log. */
  next: PlaceInLogs | null;
}

/** Entries of one kind, newest first. A page may hold fewer than `limit`, or none, while there are more. */
export async function findEntriesOfKind(
  reader: Reader,
  { kind, limit, before }: { kind: string; limit: number; before?: PlaceInLogs | undefined },
): Promise<EntriesOfKind> {
  const logs = await reader.query<{ number: number; log: string; size: number }>({
    name: 'audit-logs-before',
    text: `select number, log, size from audit_tree
           where $1::integer is null or number <= $1 order by number desc`,
    values: [before?.number ?? null],
  });
  const entries: EntriesOfKind['entries'] = [];
  let left = LOOKED_AT_MAX;
  for (const { number, log, size } of logs) {
    const until = number === before?.number ? Math.min(before.index, size) : size;
    const from = Math.max(0, until - left);
    const found = await reader.query<OpenedEntry>({
      name: 'audit-entries-of-kind',
      text: `select e.log, e.index, e.entry, e.message, e.content, e.salt, e.gone from audit_entry e
             where e.log = $1 and e.index >= $2 and e.index < $3
               and position('"kind":' || to_json($4::text)::text in e.content) > 0
             order by e.index desc limit $5`,
      values: [log, from, until, kind, limit - entries.length],
    });
    entries.push(...found.map((entry) => ({ ...entry, number })));
    const last = entries.at(-1);
    if (last && entries.length === limit) return { entries, next: { number, index: last.index } };
    left -= until - from;
    if (from > 0) return { entries, next: { number, index: from } };
  }
  return { entries, next: null };
}
