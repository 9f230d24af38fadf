import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LaneRef } from '../../../src/delivery/claim-lane.ts';
import type { Drained } from '../../../src/delivery/drain-lane.ts';
import { readQueueAddress } from '../../../src/delivery/queue/queue-address.ts';
import type { QueuePlace } from '../../../src/delivery/queue/queue-place.ts';
import { type LaneRunner, runLanes } from '../../../src/delivery/run-lanes.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { redisMissing, startRedis, startSentinel } from '../../support/redis.ts';

const log = pino({ level: 'silent' });
const EMPTY: Drained = { ended: 'empty' };

interface Backend extends AsyncDisposable {
  place: QueuePlace;
  /** Triggers that the queue itself has taken so far. */
  triggers(): Promise<number>;
}

async function onPostgres(): Promise<Backend> {
  const db = await createTestDatabase({ empty: true });
  return {
    place: { connectionString: db.connectionString },
    async triggers() {
      const [row] = await db.sql<{ count: number }>('select last_value::int as count from bullmq.job_seq');
      return row?.count ?? 0;
    },
    [Symbol.asyncDispose]: () => db.close(),
  };
}

async function onRedis(kind: 'single' | 'sentinel' | 'cluster'): Promise<Backend> {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis({ cluster: kind === 'cluster' }));
  const { url } = kind === 'sentinel' ? stack.use(await startSentinel(redis)) : redis;
  return {
    place: redisPlace(url),
    triggers: async () => Number(await redis.client.get('{mra}:lanes-test:id')),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function redisPlace(url: string): QueuePlace {
  const address = readQueueAddress(url);
  if ('fault' in address) throw new Error(address.fault);
  return { address, name: 'lanes-test' };
}

async function until(what: () => boolean, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!what()) {
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await delay(5);
  }
}

const backends = [
  { name: 'PostgreSQL', start: onPostgres, missing: undefined },
  { name: 'Redis', start: () => onRedis('single'), missing: redisMissing },
  { name: 'Redis Sentinel', start: () => onRedis('sentinel'), missing: redisMissing },
  { name: 'Redis Cluster', start: () => onRedis('cluster'), missing: redisMissing },
];

for (const { name, start, missing } of backends) {
  describe.skipIf(missing)(`lanes on ${name}${missing ? ` (not run: ${missing})` : ''}`, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await start();
    });
    afterAll(() => backend[Symbol.asyncDispose]());

    /** Two processes' worth of workers on one queue, with one drain. */
    async function run(drain: (ref: LaneRef) => Promise<Drained>): Promise<AsyncDisposable & LaneRunner> {
      const parts = { place: backend.place, concurrency: 4, log, drain };
      const [first, second] = [await runLanes(parts), await runLanes(parts)];
      return {
        ...first,
        async [Symbol.asyncDispose]() {
          await first[Symbol.asyncDispose]();
          await second[Symbol.asyncDispose]();
        },
      };
    }

    it('drains each lane that is triggered, whichever process takes the trigger', async () => {
      const drained: string[] = [];
      await using lanes = await run(async ({ lane }) => {
        drained.push(lane);
        return EMPTY;
      });
      lanes.trigger(['0', '1', '2', '3', '4', '5'].map((lane) => ({ link: 'a', lane })));
      await until(() => new Set(drained).size === 6);
      expect(await backend.triggers()).toBeGreaterThanOrEqual(6);
    });

    it('drains a lane once more when it is triggered meanwhile, and never twice at once', async () => {
      const ref = { link: 'b', lane: '0' };
      let [drains, now, most] = [0, 0, 0];
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      await using lanes = await run(async () => {
        most = Math.max(most, ++now);
        if (++drains === 1) await released;
        now--;
        return EMPTY;
      });
      lanes.trigger([ref]);
      await until(() => drains === 1);
      for (let n = 0; n < 20; n++) {
        lanes.trigger([ref]);
        await delay(2);
      }
      // The queue has taken them all by then.
      await delay(300);
      release();
      await until(() => drains >= 2 && now === 0);
      await delay(150);
      expect(drains).toBe(2);
      expect(most).toBe(1);
    });

    it('tries a lane that backs off again when it is due, and not before', async () => {
      const at: number[] = [];
      await using lanes = await run(async () => {
        at.push(Date.now());
        return at.length < 3 ? { ended: 'backing-off', waitMs: 300 } : EMPTY;
      });
      lanes.trigger([{ link: 'c', lane: '0' }]);
      await until(() => at.length === 3);
      expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(295);
      expect((at[2] ?? 0) - (at[1] ?? 0)).toBeGreaterThanOrEqual(295);
    });

    it('a lane that is hastened is drained before its pause is over, and takes triggers at once from then on', async () => {
      let drains = 0;
      await using lanes = await run(async () =>
        ++drains === 1 ? { ended: 'backing-off', waitMs: 60_000 } : EMPTY,
      );
      const ref = { link: 'e', lane: '0' };
      lanes.trigger([ref]);
      await until(() => drains === 1);
      await delay(200);
      lanes.hasten([ref]);
      // Here, and by the trigger whose wait is over.
      await until(() => drains >= 3);
      await delay(200);
      const before = drains;
      lanes.trigger([ref]);
      await until(() => drains > before, 2_000);
    });

    it('finishes the drain in hand and takes up no other', async () => {
      let [begun, ended] = [0, 0];
      await using lanes = await run(async () => {
        begun++;
        await delay(200);
        ended++;
        return EMPTY;
      });
      lanes.drainHere([{ link: 'd', lane: '0' }]);
      await until(() => begun === 1);
      await lanes.finish();
      expect(ended).toBe(1);
      lanes.drainHere([{ link: 'd', lane: '1' }]);
      await delay(50);
      expect(begun).toBe(1);
    });
  });
}

describe.skipIf(redisMissing)('lanes while Redis fails', () => {
  it('are drained by triggers again after FLUSHALL, also in the middle of a drain', async () => {
    await using redis = await startRedis();
    let drains = 0;
    await using lanes = await runLanes({
      place: redisPlace(redis.url),
      concurrency: 2,
      log,
      async drain() {
        drains++;
        await delay(100);
        return EMPTY;
      },
    });
    const ref = { link: 'a', lane: '0' };
    lanes.trigger([ref]);
    await until(() => drains === 1);
    await redis.client.flushall();
    await delay(150);
    lanes.trigger([ref]);
    await until(() => drains === 2);
  });

  it('are drained without it while it is away, and through it when it is back', async () => {
    await using redis = await startRedis();
    await redis.kill();
    let drains = 0;
    await using lanes = await runLanes({
      place: redisPlace(redis.url),
      concurrency: 2,
      log,
      async drain() {
        drains++;
        return EMPTY;
      },
    });
    const ref = { link: 'a', lane: '0' };
    lanes.trigger([ref]);
    await until(() => drains === 1, 500);
    await redis.start();
    const jobs = async () => Number((await redis.client.get('{mra}:lanes-test:id')) ?? 0);
    const deadline = Date.now() + 10_000;
    while ((await jobs()) === 0 && Date.now() < deadline) {
      lanes.trigger([ref]);
      await delay(100);
    }
    expect(await jobs()).toBeGreaterThan(0);
    const before = drains;
    lanes.trigger([ref]);
    await until(() => drains > before);
  });

  it('are drained without it while it is stopped and does not answer', async () => {
    await using redis = await startRedis();
    let drains = 0;
    await using lanes = await runLanes({
      place: redisPlace(redis.url),
      concurrency: 2,
      log,
      async drain() {
        drains++;
        return EMPTY;
      },
    });
    const ref = { link: 'a', lane: '0' };
    lanes.trigger([ref]);
    await until(() => drains === 1);
    redis.process().kill('SIGSTOP');
    lanes.trigger([ref]);
    await until(() => drains === 2, 4_000);
    redis.process().kill('SIGCONT');
  });
});
