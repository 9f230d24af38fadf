import { setTimeout as delay } from 'node:timers/promises';
import type { Party } from '../src/contract/party.ts';
import { readFigures } from '../src/demo/await-receipts.ts';
import type { DemoSides } from '../src/demo/demo-side.ts';

const LOOK_MS_MIN = 50;
const LOOK_MS_MAX = 1000;
const STALLED_MS = 60_000;

/**
 * Waits until a side has so many receipts in all. Looking costs the gateway a count, so the next look is taken
 * when most of the rest should be there; the end is seen at most 50 ms late.
 */
export async function awaitAllReceipts(sides: DemoSides, party: Party, wanted: number): Promise<void> {
  let before = { at: performance.now(), receipted: (await readFigures(sides, party)).receipted };
  let movedAt = performance.now();
  let perMs = 0;
  while (before.receipted < wanted) {
    const rest = perMs > 0 ? (wanted - before.receipted) / perMs : LOOK_MS_MAX;
    await delay(Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, 0.8 * rest)));
    const { receipted } = await readFigures(sides, party);
    const at = performance.now();
    if (receipted > before.receipted) movedAt = at;
    if (at - movedAt > STALLED_MS) throw new Error(`${wanted - receipted} receipts of ${party} did not come`);
    perMs = (receipted - before.receipted) / (at - before.at);
    before = { at, receipted };
  }
}
