import type { Transaction } from '../store/database.ts';
import type { From } from './stream.ts';

/**
 * Numbers are given in the order of commits, which follows the time of receipt but for the length of a transaction;
 * no transaction of ours lasts nearly as long.
 */
const LATE_COMMIT_MS = 60_000;

interface Bounds {
  /** Number given last. */
  last: number;
  /** Number of the first change that is still there; null where none is. */
  first: number | null;
}

/** @returns the number in the feed after which a stream goes on, so that nothing of what is asked for is left out */
export async function findPlace(tx: Transaction, from: From): Promise<number> {
  const [bounds] = await tx.query<Bounds>({
    name: 'streams-feed-bounds',
    text: `select feed_number as last, (select number from feed order by number limit 1) as first from store_meta`,
    values: [],
  });
  const { last, first } = bounds ?? { last: 0, first: null };
  if (from === 'now' || first === null) return last;
  if (from === 'beginning') return first - 1;
  return (await firstSince(tx, from, { first, last })) - 1;
}

/** The first number of a message received at an instant or later; the next number to be given where there is none. */
async function firstSince(
  tx: Transaction,
  since: Date,
  { first, last }: { first: number; last: number },
): Promise<number> {
  const certainlyBefore = new Date(since.getTime() - LATE_COMMIT_MS);
  let [low, high] = [first, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = await receivedFrom(tx, middle);
    if (at !== undefined && at < certainlyBefore) low = middle + 1;
    else high = middle;
  }
  const [found] = await tx.query<{ number: number }>({
    name: 'streams-first-since',
    text: `select number from (
             select f.number, (select m.at from message m
                               where m.id = f.id and m.link = f.link and m.direction = 'in') as at
             from feed f where f.number >= $1 order by f.number) received
           where at >= $2 limit 1`,
    values: [low, since],
  });
  return found?.number ?? last + 1;
}

/** When the change of this number, or the next that is there, was received; undefined where there is none. */
async function receivedFrom(tx: Transaction, number: number): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date | null }>({
    name: 'streams-received-from',
    text: `select (select m.at from message m
                   where m.id = f.id and m.link = f.link and m.direction = 'in') as at
           from feed f where f.number >= $1 order by f.number limit 1`,
    values: [number],
  });
  return row?.at ?? undefined;
}
