import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLinkOverviews } from '../../src/operations/overview/read-overview.ts';
import { countMinutes } from '../../src/operations/traffic/count-minutes.ts';
import { quantile, readSeries } from '../../src/operations/traffic/read-series.ts';
import { findOverdueReceipts } from '../../src/operations/watch/find-overdue-receipts.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

const MINUTE_MS = 60_000;

function overviewOf(side: 'cn' | 'us', now = new Date()) {
  const { db, party, link } = pair[side];
  return readLinkOverviews({ database: db.database, party, links: new Map([[link.id, link]]) }, now);
}

it('counts the same before and after the minutes are counted, and leaves the gateways’ own messages out', async () => {
  await pair.cn.submit(
    ...Array.from({ length: 5 }, (_, n) => ({
      type: 'enterprise-status',
      data: recordOf(`CN440396000${n}`),
    })),
  );
  await pair.deliver(pair.cn);
  await pair.receipt(pair.us);
  const counts = { delivered: 5, refused: 0, receipted: 5, pending: 0 };
  const [live] = await overviewOf('cn');
  expect(live).toMatchObject({ ...counts, out: { state: 'flowing', perMinute: 5, waiting: 0 } });
  expect((await overviewOf('us'))[0]).toMatchObject({ received: 5, receivedRefused: 0, delivered: 0 });

  const later = new Date(Date.now() + 3 * MINUTE_MS);
  while (await countMinutes(pair.cn.db.database, 'CN', later));
  const [counted] = await overviewOf('cn', later);
  expect(counted).toMatchObject({ ...counts, out: { state: 'idle', perMinute: 0 } });
  expect(counted?.lastDeliveredAt).toEqual(live?.lastDeliveredAt);
  // A second count finds nothing twice.
  await countMinutes(pair.cn.db.database, 'CN', new Date(later.getTime() + MINUTE_MS));
  expect((await overviewOf('cn', later))[0]).toMatchObject(counts);
});

it('shows what went over time, counted minutes and live ones together', async () => {
  const { database, sql } = pair.cn.db;
  // The test above counted minutes that are still to come.
  await sql('truncate traffic_minute, traffic_total');
  await sql(`update traffic_counted set until = date_trunc('minute', now()) - interval '10 min'`);
  await pair.cn.submit({ type: 'certification-change', data: changeOf('CN4403960001') });
  const now = new Date(Date.now() + 5 * MINUTE_MS);
  await countMinutes(database, 'CN', now);
  await pair.deliver(pair.cn);
  await sql(`update delivery set at = $1 where at = (select max(at) from delivery)`, [now]);
  const series = await readSeries(database, 'CN', { link: undefined, range: '1h' }, now);
  const sum = (column: (number | null)[]) => column.reduce<number>((total, n) => total + (n ?? 0), 0);
  expect(series.at).toHaveLength(60);
  expect(sum(series.out.accepted)).toBe(6);
  expect(sum(series.out.delivered)).toBe(6);
  expect(sum(series.out.receipted)).toBe(5);
  expect(sum(series.out.waiting)).toBe(1);
  // The last one was delivered five minutes after it was accepted: within a step of the histogram.
  expect(series.out.p99Ms.at(-1)).toBeGreaterThan(4 * MINUTE_MS);
  expect(series.out.p99Ms.at(-1)).toBeLessThan(6 * MINUTE_MS);
});

it('finds what the partner took and has not receipted in time, until the receipt comes', async () => {
  const { database, sql } = pair.cn.db;
  const now = new Date(Date.now() + 20 * MINUTE_MS);
  await findOverdueReceipts(database, ['us-cbp'], now);
  expect((await overviewOf('cn', now))[0]).toMatchObject({ receiptsOverdue: 1 });
  await pair.receipt(pair.us);
  await findOverdueReceipts(database, ['us-cbp'], now);
  expect((await overviewOf('cn', now))[0]).toMatchObject({
    receiptsOverdue: 0,
    oldestReceiptWaitSeconds: null,
  });
  expect(await sql('select overdue::int from link_watch')).toEqual([{ overdue: 0 }]);
});

it('takes the middle of the step that holds the quantile', () => {
  const latencies = new Map([
    [0, 98],
    [40, 2],
  ]);
  expect(quantile(latencies, 0.5)).toBe(1);
  expect(quantile(latencies, 0.99)).toBe(1117);
  expect(quantile(new Map(), 0.5)).toBeNull();
});
