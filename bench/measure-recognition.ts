import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { DemoSide } from '../src/demo/demo-side.ts';
import { percentile } from './percentile.ts';

export interface RecognitionFigures {
  /** What was reached; below what was asked for, the gateway could not keep up. */
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers other than 200 with the id that was asked for. */
  wrong: number;
  recognised: number;
}

/** As many front-line systems, each with a connection kept open. */
const CONNECTIONS = 32;
/** Code not compiled and pages not read yet are no part of the claim. */
const WARM_UP_SECONDS = 5;

/**
 * Single recognition requests at a steady rate, by a schedule that does not wait for answers: a request's time counts
 * from when it was due, so that an answer that is late delays nobody else's count.
 */
export async function measureRecognition(
  { internal, tokens }: DemoSide,
  ids: readonly string[],
  perSecond: number,
  seconds: number,
): Promise<RecognitionFigures> {
  await using pool = asyncPool(internal);
  const headers = { authorization: `Bearer ${tokens.reader}` };
  const times: number[] = [];
  let wrong = 0;
  let recognised = 0;
  const ask = async (id: string, dueAt: number, counted: boolean): Promise<void> => {
    const { statusCode, body } = await pool.request({
      path: `/v1/recognition/${id}`,
      method: 'GET',
      headers,
    });
    const answer = (await body.json()) as { id?: string; recognised?: boolean };
    if (!counted) return;
    times.push(performance.now() - dueAt);
    if (statusCode !== 200 || answer.id !== id) wrong++;
    if (answer.recognised) recognised++;
  };
  const run = async (secondsLong: number, counted: boolean, from: number): Promise<number> => {
    const total = perSecond * secondsLong;
    const pending: Promise<void>[] = [];
    const startedAt = performance.now();
    while (pending.length < total) {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000));
      while (pending.length < due) {
        const n = pending.length;
        pending.push(ask(ids[(from + n) % ids.length] ?? '', startedAt + (n * 1_000) / perSecond, counted));
      }
      await delay(1);
    }
    await Promise.all(pending);
    return (total * 1_000) / (performance.now() - startedAt);
  };
  await run(WARM_UP_SECONDS, false, 0);
  const reached = await run(seconds, true, perSecond * WARM_UP_SECONDS);
  return {
    perSecond: Math.round(reached),
    p50Ms: tenths(percentile(times, 50)),
    p99Ms: tenths(percentile(times, 99)),
    wrong,
    recognised,
  };
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

function asyncPool(origin: string): Pool & AsyncDisposable {
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
}
