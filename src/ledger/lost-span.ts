import { uuidTime } from '../envelope/message-id.ts';
import type { Database } from '../store/database.ts';
import { idAt } from './read-digests.ts';

/** Between these, messages were accepted of which only those that were delivered are known. */
export interface LostSpan {
  since: Date;
  until: Date;
}

/**
 * The span of which the store has no memory: from the backup, if the restore is marked, or else from the last of our
 * messages before the first that was lost; to the restore, or else to when the intake was closed.
 *
 * @param first time of the first lost message, milliseconds since 1970; undefined where none was found
 */
export async function lostSpan(
  database: Pick<Database, 'query'>,
  link: string,
  first: number | undefined,
  closedAt: Date | undefined,
): Promise<LostSpan | null> {
  const [store] = await database.query<{ restoredAt: Date | null; restoredFrom: Date | null }>({
    name: 'ledger-restored',
    text: 'select restored_at as "restoredAt", restored_from as "restoredFrom" from store_meta',
    values: [],
  });
  const { restoredAt = null, restoredFrom = null } = store ?? {};
  if (restoredAt && restoredFrom) return { since: restoredFrom, until: restoredAt };
  if (first === undefined) return null;
  const [before] = await database.query<{ id: string }>({
    name: 'ledger-last-before',
    text: `select id from message where id < $2 and link = $1 and direction = 'out' order by id desc limit 1`,
    values: [link, idAt(first)],
  });
  return {
    since: new Date(before ? uuidTime(before.id) : first),
    until: restoredAt ?? closedAt ?? new Date(),
  };
}
