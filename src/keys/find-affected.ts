import type { Database } from '../store/database.ts';

/** A message that a key signed, of ours or of a partner's. */
export interface AffectedMessage {
  id: string;
  link: string;
  direction: 'out' | 'in';
  type: string;
  subject: string;
  version: number | null;
  at: Date;
}

/**
 * Every message on record that a key signed since an instant, in order: what an operator looks through when the key
 * was in wrong hands. It reads the months since then, so it takes its time.
 *
 * @param after the last id of the page before
 */
export function findAffected(
  database: Pick<Database, 'query'>,
  { kid, since, after, limit }: { kid: string; since: Date; after?: string; limit: number },
): Promise<AffectedMessage[]> {
  return database.query<AffectedMessage>({
    name: 'keys-affected',
    text: `select id, link, direction, type, subject, version, at from message
           where kid = $1 and at >= $2 and id >= $3 and id > $4 order by id, link, direction limit $5`,
    values: [kid, since, firstIdOf(since), after ?? firstIdOf(since), limit],
  });
}

/** Ids hold the time of their making, which is within a day of the time on record. */
const DAY_MS = 86_400_000;

function firstIdOf(since: Date): string {
  const hex = Math.max(0, since.getTime() - DAY_MS)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
