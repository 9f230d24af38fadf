import { setTimeout as delay } from 'node:timers/promises';
import type { Side } from './side.ts';
import { sidesOf, type World } from './world.ts';

const LOOK_EVERY_MS = 200;

/** What is still to be done on a side before it is quiet. */
const OPEN = `
  select (select count(*) from outbox) + (select count(*) from receipt_owed) + (select count(*) from feed_pending)
       + (select count(*) from version_hole)
       + (select count(*) from message m where direction = 'out' and subject <> 'gateway'
            and not exists (select from receipt r where r.id = m.id and r.link = m.link)) as open`;

/**
 * Takes every fault away and waits until both sides are quiet.
 *
 * @returns false where something is left after that long; the invariants then say what
 */
export async function settle(world: World, withinMs: number): Promise<boolean> {
  for (const side of sidesOf(world)) {
    side.wire.delayBy(0);
    await side.setClock(0);
  }
  await Promise.all(world.pending);
  const deadline = Date.now() + withinMs;
  for (;;) {
    const open = await Promise.all(sidesOf(world).map(openOf));
    if (open.every((count) => count === 0)) return true;
    if (Date.now() > deadline) return false;
    await delay(LOOK_EVERY_MS);
  }
}

async function openOf({ store }: Side): Promise<number> {
  try {
    const [row] = await store.query<{ open: string }>(OPEN);
    return Number(row?.open);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
