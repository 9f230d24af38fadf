import { setTimeout as delay } from 'node:timers/promises';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { BulkError } from './bulk-error.ts';

export interface RoomParts {
  database: Database;
  link: Pick<Link, 'id' | 'outboxMax'>;
  /** How long to wait for deliveries that make room, ms. */
  waitMsMax: number;
  /** Told once for each wait, with how many wait for the partner. */
  onWait?(waiting: number): void;
}

/** Counting a million rows takes a third of a second; nobody is in a hurry while a partner is away. */
const LOOK_MS = 1_000;

/**
 * Waits until so many messages more may wait for the partner: an import keeps to the same bound as back ends do.
 *
 * @returns whether it had to wait
 * @throws BulkError `outbox-full` where there is no room in time
 */
export async function awaitRoom(
  { database, link, waitMsMax, onWait }: RoomParts,
  messages: number,
): Promise<boolean> {
  const until = performance.now() + waitMsMax;
  for (let waited = false; ; waited = true) {
    const waiting = await countWaiting(database, link.id);
    if (waiting + messages <= link.outboxMax) return waited;
    if (!waited) onWait?.(waiting);
    const left = until - performance.now();
    if (left <= 0) {
      throw new BulkError(
        'outbox-full',
        `${waiting} messages wait for the partner of the link ${link.id}, ${link.outboxMax} may (outboxMax). What was done stands: run the same command again when some were delivered, and it goes on.`,
      );
    }
    await delay(Math.min(LOOK_MS, left));
  }
}

async function countWaiting(database: Database, link: string): Promise<number> {
  const [row] = await database.query<{ waiting: number }>({
    name: 'bulk-count-outbox',
    text: 'select count(*)::int as waiting from outbox where link = $1',
    values: [link],
  });
  return row?.waiting ?? 0;
}
