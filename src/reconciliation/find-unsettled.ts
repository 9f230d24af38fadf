import type { Database } from '../store/database.ts';
import { firstIdAfter } from './tell-records.ts';

/** Ids that a digest can leave out, as its schema has it. */
export const LEFT_OUT_MAX = 1_000;

/**
 * What was accepted up to an instant and has no answer of the partner: what is on its way, and what will not come by
 * itself (parked, held behind a parked one, in need of a newer edition of the partner).
 */
export async function findUnsettled(
  database: Pick<Database, 'query'>,
  link: string,
  until: Date,
): Promise<{ pending: number; stuck: string[] }> {
  const rows = await database.query<{ id: string; stuck: boolean }>({
    name: 'reconciliation-unsettled',
    text: `select o.id,
             o.edition > coalesce(l.partner_edition::integer, 1) or exists (
               select from outbox s where s.link = o.link and s.lane = o.lane and s.subject = o.subject
                 and s.position <= o.position
                 and (s.parked_at is not null or s.edition > coalesce(l.partner_edition::integer, 1))) as stuck
           from outbox o join link_state l on l.link = o.link
           where o.link = $1 and o.id < $2 and o.subject <> 'gateway'
           order by stuck limit $3`,
    values: [link, firstIdAfter(until), LEFT_OUT_MAX + 1],
  });
  return {
    pending: rows.filter((row) => !row.stuck).length,
    stuck: rows.filter((row) => row.stuck).map((row) => row.id),
  };
}
