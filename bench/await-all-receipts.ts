import { setTimeout as delay } from 'node:timers/promises';
import type { DemoSide } from '../src/demo/demo-side.ts';

const LOOK_MS_MIN = 50;
const LOOK_MS_MAX = 1000;
const STALLED_MS = 60_000;

/** How many messages of a side have receipts since its gateway started, by the gateway's own counter. */
export async function countReceipts(side: DemoSide): Promise<number> {
  const answer = await fetch(`${side.internal}/metrics`);
  const text = await answer.text();
  const [, count] = /^mra_messages_receipted_total\{[^}]*\} (\d+)$/m.exec(text) ?? [];
  return Number(count ?? 0);
}

/**
 * Waits until a side has so many receipts in all. The next look is taken when most of the rest should be there; the
 * end is seen at most 50 ms late.
 */
export async function awaitAllReceipts(side: DemoSide, wanted: number): Promise<void> {
  let before = { at: performance.now(), receipts: await countReceipts(side) };
  let movedAt = performance.now();
  let perMs = 0;
  while (before.receipts < wanted) {
    const rest = perMs > 0 ? (wanted - before.receipts) / perMs : LOOK_MS_MAX;
    await delay(Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, 0.8 * rest)));
    const receipts = await countReceipts(side);
    const at = performance.now();
    if (receipts > before.receipts) movedAt = at;
    if (at - movedAt > STALLED_MS)
      throw new Error(`${wanted - receipts} receipts of ${side.party} did not come`);
    perMs = (receipts - before.receipts) / (at - before.at);
    before = { at, receipts };
  }
}
