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
/** Code not compiled and pages not read yet are no part of the claim; what is asked for meanwhile is not asked again. */
export const WARM_UP_SECONDS = 20;

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
  const times = new Float64Array(perSecond * seconds);
  let counts = 0;
  let wrong = 0;
  let recognised = 0;
  const ask = async (id: string, dueAt: number, counted: boolean): Promise<void> => {
    const { status, body } = await get(pool, `/v1/recognition/${id}`, headers);
    if (!counted) return;
    times[counts++] = performance.now() - dueAt;
    const answer = JSON.parse(body) as { id?: string; recognised?: boolean };
    if (status !== 200 || answer.id !== id) wrong++;
    if (answer.recognised) recognised++;
  };
  const run = async (secondsLong: number, counted: boolean, from: number): Promise<number> => {
    const total = perSecond * secondsLong;
    const startedAt = performance.now();
    const { promise: answered, resolve, reject } = Promise.withResolvers<void>();
    // Only counted: thousands of promises kept would be copied by each collection of garbage, 10 ms at a time.
    let sent = 0;
    let done = 0;
    const oneDone = (): void => {
      done++;
      if (done === total) resolve();
    };
    while (sent < total) {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000));
      for (; sent < due; sent++) {
        const dueAt = startedAt + (sent * 1_000) / perSecond;
        ask(ids[(from + sent) % ids.length] ?? '', dueAt, counted).then(oneDone, reject);
      }
      await delay(1);
    }
    await answered;
    return (total * 1_000) / (performance.now() - startedAt);
  };
  await run(WARM_UP_SECONDS, false, 0);
  const reached = await run(seconds, true, perSecond * WARM_UP_SECONDS);
  return {
    perSecond: Math.round(reached),
    p50Ms: tenths(percentile([...times], 50)),
    p99Ms: tenths(percentile([...times], 99)),
    wrong,
    recognised,
  };
}

/**
 * Without the streams of a request for a body, whose garbage this process would collect for 10 ms at a time while
 * answers wait to be read.
 */
function get(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let body = '';
    pool.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          body += chunk.toString();
        },
        onResponseEnd: () => resolve({ status, body }),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

function asyncPool(origin: string): Pool & AsyncDisposable {
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
}
