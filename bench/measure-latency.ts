import { setTimeout as delay } from 'node:timers/promises';
import type { DemoSide } from '../src/demo/demo-side.ts';
import type { LoadSource } from './make-load.ts';

export interface Latency {
  p50Ms: number;
  p99Ms: number;
}

const PER_SECOND = 50;
const SECONDS = 20;
const DELIVERED_TIMEOUT_MS = 30_000;

/**
 * Accept-to-delivered of single messages at a steady rate, by the sender's own times. The schedule does not wait for
 * answers, so a slow answer delays nobody else's start.
 */
export async function measureLatency(side: DemoSide, load: LoadSource): Promise<Latency> {
  const bodies = Array.from({ length: PER_SECOND * SECONDS }, () => load.single(side.party));
  const startedAt = performance.now();
  const submitted = bodies.map(async (body, i) => {
    await delay(Math.max(0, startedAt + (i * 1000) / PER_SECOND - performance.now()));
    const { id } = await side.client.post<{ id: string }>('/v1/messages', side.tokens.backend, body);
    return id;
  });
  const ids = await Promise.all(submitted);
  const times: number[] = [];
  for (const id of ids) times.push(await deliveredAfter(side, id));
  times.sort((a, b) => a - b);
  return { p50Ms: percentile(times, 50), p99Ms: percentile(times, 99) };
}

async function deliveredAfter({ client, tokens }: DemoSide, id: string): Promise<number> {
  const deadline = performance.now() + DELIVERED_TIMEOUT_MS;
  for (;;) {
    const { acceptedAt, deliveredAt } = await client.get<{ acceptedAt: string; deliveredAt: string | null }>(
      `/v1/messages/${id}`,
      tokens.operator,
    );
    if (deliveredAt !== null) return Date.parse(deliveredAt) - Date.parse(acceptedAt);
    if (performance.now() > deadline) throw new Error(`message ${id} was not delivered`);
    await delay(50);
  }
}

/** Nearest rank: of 1,000 times the 99th percentile is the tenth from the top. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
