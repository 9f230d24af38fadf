import type { Database } from '../store/database.ts';

/**
 * Stops delivery on a link until an operator has looked: the two sides hold different histories. The first
 * reason is kept. Reception goes on, so that the partner is still answered truthfully.
 */
export async function haltLink(
  database: Pick<Database, 'query'>,
  link: string,
  reason: string,
): Promise<void> {
  await database.query({
    name: 'delivery-halt-link',
    text: `update link_state set halted_at = clock_timestamp(), halted_reason = $2
           where link = $1 and halted_at is null`,
    values: [link, reason.slice(0, 1_000)],
  });
}
