import { afterAll, beforeAll, expect, it } from 'vitest';
import { lanesOf } from '../../src/delivery/lane-of.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';
import { simulateOutage } from '../support/simulate-outage.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

it('an outage of an hour costs one request per lane and back-off interval, however much waits, and all goes when it is over', async () => {
  const { cn, us } = pair;
  const bodies = Array.from({ length: 300 }, (_, n) => ({
    type: 'enterprise-status',
    data: recordOf(`CN44039${String(n).padStart(5, '0')}`),
  }));
  await cn.submit(...bodies);
  const lanes = lanesOf(cn.link.lanes).filter((lane) => lane !== 'control');
  const outage = await simulateOutage(pair, cn, lanes, 3_600_000);
  expect(outage.excess).toBe(0);
  // Pauses grow to at most 5 min with full jitter: about 2.5 min each, so some 25 requests an hour.
  for (const [, requests] of outage.requests) {
    expect(requests).toBeGreaterThan(12);
    expect(requests).toBeLessThan(60);
  }
  expect(outage.longestWaitMs).toBeLessThanOrEqual(300_000);
  expect(await us.db.sql('select 1 from message')).toEqual([]);

  expect((await pair.deliver(cn, lanes)).every((d) => d.ended === 'empty')).toBe(true);
  const [{ count } = { count: 0 }] = await us.db.sql<{ count: string }>('select count(*) from message');
  expect(Number(count)).toBe(300);
  expect(await cn.db.sql('select 1 from outbox')).toEqual([]);
});
