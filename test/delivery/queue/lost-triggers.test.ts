import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQueueAddress } from '../../../src/delivery/queue/queue-address.ts';
import type { QueuePlace } from '../../../src/delivery/queue/queue-place.ts';
import { reconcileLanes } from '../../../src/delivery/reconcile-lanes.ts';
import { runLanes } from '../../../src/delivery/run-lanes.ts';
import { recordOf } from '../../support/messages.ts';
import { createPair, type Pair } from '../../support/pair.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { redisMissing, startRedis } from '../../support/redis.ts';

/** A third of the reconciler's own, so that the limit of 10 s is one of 3.3 s here. */
const INTERVAL_MS = 1_000;
const LIMIT_MS = 3_300;

/** A queue, and the ways in which it loses the trigger that waits in it. */
interface Lossy extends AsyncDisposable {
  place: QueuePlace;
  losses: Record<string, () => Promise<unknown>>;
}

async function onPostgres(): Promise<Lossy> {
  const db = await createTestDatabase({ empty: true });
  return {
    place: { connectionString: db.connectionString },
    losses: {
      'is emptied': () => db.sql('truncate bullmq.job, bullmq.dedup, bullmq.dedup_next cascade'),
    },
    [Symbol.asyncDispose]: () => db.close(),
  };
}

async function onRedis(): Promise<Lossy> {
  const redis = await startRedis();
  const address = readQueueAddress(redis.url);
  if ('fault' in address) throw new Error(address.fault);
  return {
    place: { address, name: 'lanes-test' },
    losses: {
      'is emptied': () => redis.client.flushall(),
      'is killed and comes back empty': async () => {
        await redis.kill();
        await redis.start();
      },
      'does not answer any more': async () => redis.process().kill('SIGSTOP'),
    },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
  await pair.cn.submit({ type: 'enterprise-status', data: recordOf('CN4403960A1B') });
});
afterAll(() => pair[Symbol.asyncDispose]());

const BACKENDS = [
  { name: 'PostgreSQL', start: onPostgres, ways: ['is emptied'], missing: undefined },
  {
    name: 'Redis',
    start: onRedis,
    ways: ['is emptied', 'is killed and comes back empty', 'does not answer any more'],
    missing: redisMissing,
  },
];

for (const { name, start, ways, missing } of BACKENDS) {
  describe.skipIf(missing)(`a queue on ${name}${missing ? ` (not run: ${missing})` : ''}`, () => {
    it.each(ways)('that %s: a lane whose trigger waited in it is drained in time', async (way) => {
      await using queue = await start();
      const log = pino({ level: 'silent' });
      const drains: number[] = [];
      await using lanes = await runLanes({
        place: queue.place,
        concurrency: 2,
        log,
        async drain() {
          drains.push(performance.now());
          // The first one fails, and its trigger waits in the queue far longer than the lane does.
          return drains.length === 1 ? { ended: 'backing-off', waitMs: 600_000 } : { ended: 'empty' };
        },
      });
      const [lane] = await pair.cn.db.sql<{ link: string; lane: string }>('select link, lane from outbox');
      lanes.trigger(lane ? [lane] : []);
      while (drains.length === 0) await delay(5);
      await delay(100);
      const lostAt = performance.now();
      await queue.losses[way]?.();
      await using _reconciler = reconcileLanes(pair.cn.db.database, lanes, log, INTERVAL_MS);
      while (drains.length === 1 && performance.now() - lostAt < LIMIT_MS) await delay(5);
      expect((drains[1] ?? Number.POSITIVE_INFINITY) - lostAt).toBeLessThan(LIMIT_MS);
    });
  });
}
