import { setTimeout as delay } from 'node:timers/promises';

/** Waits for work of a library that may never end. @returns whether it ended; its failure is thrown */
export async function inTime(work: Promise<unknown>, ms: number): Promise<'done' | 'late'> {
  const limit = new AbortController();
  const late = delay(ms, 'late' as const, { signal: limit.signal }).catch(() => 'late' as const);
  try {
    return await Promise.race([work.then(() => 'done' as const), late]);
  } finally {
    limit.abort();
  }
}
