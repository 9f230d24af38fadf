import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LaneRef } from '../../src/delivery/claim-lane.ts';
import { ReturnWatch } from '../../src/delivery/wake-on-return.ts';
import { createPair, type Pair } from '../support/pair.ts';

const LANES = ['0', '1', '2', '3'];

let pair: Pair;
let link: string;
let hastened: string[];
let returns: ReturnWatch;
beforeAll(async () => {
  pair = await createPair();
  link = pair.cn.link.id;
});
afterAll(() => pair[Symbol.asyncDispose]());
beforeEach(async () => {
  hastened = [];
  returns = new ReturnWatch({
    database: pair.cn.db.database,
    log: pino({ level: 'silent' }),
    hasten: (refs: Iterable<LaneRef>) => void hastened.push(...[...refs].map(({ lane }) => lane)),
  });
  await pause(LANES, 3);
  for (const lane of LANES) returns.away({ link, lane }, 3);
  await delay(2);
});

async function pause(lanes: string[], attempts: number): Promise<void> {
  await pair.cn.db.sql(
    `update lane set attempts = $2, paused = false, next_attempt_at = clock_timestamp() + interval '5 min'
     where lane = any($1)`,
    [lanes, attempts],
  );
}

/** What was hastened once the database has been asked. */
async function seen(): Promise<string[]> {
  await delay(100);
  return hastened.toSorted();
}

it('an answer to one lane ends the pauses of all others of its link', async () => {
  returns.answered({ link, lane: '1' }, performance.now());
  expect(await seen()).toEqual(['0', '2', '3']);
  const [row] = await pair.cn.db.sql<{ count: string }>(
    'select count(*) from lane where next_attempt_at is not null',
  );
  expect(row?.count).toBe('1');
});

it('a lane that failed after the answered request was sent waits', async () => {
  const sentAt = performance.now();
  returns.away({ link, lane: '2' }, 3);
  returns.answered({ link, lane: '1' }, sentAt);
  expect(await seen()).toEqual(['0', '3']);
});

it('a lane that has failed otherwise since, or was paused, waits for its own reason', async () => {
  await pause(['2'], 4);
  await pair.cn.db.sql(`update lane set paused = true where lane = '3'`);
  returns.answered({ link, lane: '1' }, performance.now());
  expect(await seen()).toEqual(['0']);
});

it('another sign of life wakes one lane, and the next one a second later, then two', async () => {
  for (let n = 0; n < 20; n++) returns.noticed(link);
  const [probe = ''] = await seen();
  expect(hastened).toEqual([probe]);
  // The partner can ask us, and we cannot reach it.
  const fail = async (attempts: number): Promise<void> => {
    await pause([probe], attempts);
    returns.away({ link, lane: probe }, attempts);
  };
  await fail(4);
  for (let n = 0; n < 20; n++) returns.noticed(link);
  expect(await seen()).toHaveLength(1);
  await delay(1_000);
  for (let n = 0; n < 20; n++) returns.noticed(link);
  expect(await seen()).toHaveLength(2);
  await delay(1_000);
  for (let n = 0; n < 20; n++) returns.noticed(link);
  expect(await seen()).toHaveLength(2);
});

it('lanes that another process has tried since are passed over', async () => {
  await pause(['0', '1', '3'], 9);
  returns.noticed(link);
  expect(await seen()).toEqual(['2']);
});

it('a lane that was woken by an answer and failed again is not woken by the next one, but by one a second later', async () => {
  returns.answered({ link, lane: '1' }, performance.now());
  expect(await seen()).toEqual(['0', '2', '3']);
  await pause(['0'], 4);
  returns.away({ link, lane: '0' }, 4);
  await delay(2);
  returns.answered({ link, lane: '1' }, performance.now());
  expect(await seen()).toEqual(['0', '2', '3']);
  await delay(1_000);
  returns.answered({ link, lane: '1' }, performance.now());
  expect(await seen()).toEqual(['0', '0', '2', '3']);
});

it('another link is left alone', async () => {
  returns.answered({ link: 'another', lane: '1' }, performance.now());
  returns.noticed('another');
  expect(await seen()).toEqual([]);
});
