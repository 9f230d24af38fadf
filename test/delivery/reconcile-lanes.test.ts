import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LaneRef } from '../../src/delivery/claim-lane.ts';
import { findIdleLanes, reconcileLanes } from '../../src/delivery/reconcile-lanes.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
  await pair.cn.submit({ type: 'enterprise-status', data: recordOf('CN4403960A1B') });
});
afterAll(() => pair[Symbol.asyncDispose]());

/** Until a lane is drained past the queue. */
async function reconcile(): Promise<{ triggered: LaneRef[]; drained: LaneRef[] }> {
  const seen = { triggered: [] as LaneRef[], drained: [] as LaneRef[] };
  const waker = {
    trigger: (refs: Iterable<LaneRef>) => void seen.triggered.push(...refs),
    drainHere: (refs: Iterable<LaneRef>) => void seen.drained.push(...refs),
  };
  await using _reconciler = reconcileLanes(pair.cn.db.database, waker, pino({ level: 'silent' }), 100);
  const deadline = Date.now() + 10_000;
  while (seen.drained.length === 0 && Date.now() < deadline) await delay(5);
  return seen;
}

it('a lane with pending messages and no owner is triggered, and drained here if that leads nowhere', async () => {
  const { triggered, drained } = await reconcile();
  expect(triggered).toHaveLength(1);
  expect(drained).toEqual(triggered);
});

it('a lane that is owned, paused or waiting is left alone', async () => {
  const { cn } = pair;
  for (const state of [
    `owner = 'other', lease_until = now() + interval '8 s'`,
    'paused = true',
    `next_attempt_at = now() + interval '1 min'`,
  ]) {
    await cn.db.sql(`update lane set ${state}`);
    expect(await findIdleLanes(cn.db.database)).toEqual([]);
    await cn.db.sql(
      'update lane set owner = null, lease_until = null, paused = false, next_attempt_at = null',
    );
  }
});

it('a lane whose owner let the lease run out is drained here at once', async () => {
  await pair.cn.db.sql(`update lane set owner = 'gone', lease_until = now() - interval '1 ms'`);
  const { triggered, drained } = await reconcile();
  expect(triggered).toEqual([]);
  expect(drained.map((ref) => Object.keys(ref).sort())).toEqual([['lane', 'link']]);
});
