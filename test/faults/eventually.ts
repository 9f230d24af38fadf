import { setTimeout as delay } from 'node:timers/promises';

/** A fault waits so long for work to strike at; then it strikes all the same, and does not count. */
export const WORK_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 2;

/** @returns whether it came to hold in time */
export async function eventually(holds: () => Promise<boolean>, withinMs = WORK_WITHIN_MS): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    // A database that is coming back has nothing to say.
    if (await holds().catch(() => false)) return true;
    if (Date.now() > deadline) return false;
    await delay(LOOK_EVERY_MS);
  }
}
