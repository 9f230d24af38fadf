import { readHeads } from '../audit/read-tree.ts';
import type { Transaction } from '../store/database.ts';

/** Rows of one statement: a second at most, whatever the size of the log. */
const ROWS_AT_ONCE = 100_000;

/**
 * Erases salt and content of every entry that names the subject, or is about one of its messages. What the log holds
 * of them is a digest over 32 random bytes and the content: without both it says nothing, and every proof stays valid.
 *
 * @returns how many entries can no longer be opened
 */
export async function eraseContents(
  tx: Transaction,
  subject: string,
  messages: readonly string[],
  at: Date,
): Promise<number> {
  let erased = await erasePending(tx, subject, messages);
  for (const { log, size } of await readHeads(tx)) {
    for (let from = 0; from < size; from += ROWS_AT_ONCE) {
      const [row] = await tx.query<{ count: number }>({
        name: 'erasure-contents',
        text: `with erased as (
                 update audit_entry set salt = null, content = null, gone = 'erased'
                 where log = $1 and index >= $2 and index < $3 and content is not null
                   and (position($4 in content) > 0 or message = any($5::uuid[]))
                   and position('"kind":"enterprise-erased"' in content) = 0
                   and (entry::json ->> 'time')::timestamptz <= $6
                 returning 1
               )
               select count(*)::integer as count from erased`,
        values: [log, from, from + ROWS_AT_ONCE, JSON.stringify(subject), messages, at],
      });
      erased += row?.count ?? 0;
    }
  }
  return erased;
}

/** Entries that the sequencer has not taken yet go into the log without what opens them. */
async function erasePending(tx: Transaction, subject: string, messages: readonly string[]): Promise<number> {
  const rows = await tx.query({
    name: 'erasure-pending-contents',
    text: `update audit_pending set salt = null, content = null
           where content is not null and position('"kind":"enterprise-erased"' in content) = 0
             and (position($1 in content) > 0 or message = any($2::uuid[]))
           returning 1`,
    values: [JSON.stringify(subject), messages],
  });
  return rows.length;
}
