import type { Party } from '../../contract/party.ts';
import type { Database } from '../../store/database.ts';
import { TRAFFIC_OF_MINUTES } from './traffic-statement.ts';

/** Counts of one link; the gateways' own messages are not among them. */
export interface TrafficCounts {
  accepted: number;
  delivered: number;
  refused: number;
  receipted: number;
  received: number;
  receivedRefused: number;
}

/** One minute of one link. */
export interface TrafficMinute extends TrafficCounts {
  link: string;
  minute: Date;
  deliveredAt: Date | null;
  receiptedAt: Date | null;
  receivedAt: Date | null;
  /** Histogram of accepted → delivered: counts by step, where step n is from 2^(n/4) to 2^((n+1)/4) ms. */
  latencySteps: number[] | null;
  latencyCounts: number[] | null;
}

/** All that a link ever carried. */
export interface TrafficTotal extends TrafficCounts {
  link: string;
  deliveredAt: Date | null;
  receiptedAt: Date | null;
  receivedAt: Date | null;
  /** Per minute, as it went in the last one. */
  deliveredPerMinute: number;
  receivedPerMinute: number;
}

type Reader = Pick<Database, 'query'>;

export async function countedUntil(reader: Reader): Promise<Date> {
  const [row] = await reader.query<{ until: Date }>({
    name: 'traffic-until',
    text: 'select until from traffic_counted',
    values: [],
  });
  return row?.until ?? new Date(0);
}

/** The minutes that are not counted yet, from the facts: one or two of them while the counting keeps up. */
export function readLiveMinutes(
  reader: Reader,
  party: Party,
  since: Date,
  now: Date,
): Promise<TrafficMinute[]> {
  return reader.query<TrafficMinute>({
    name: 'traffic-live',
    text: `select link, minute, accepted, delivered, refused, receipted, received,
             received_refused as "receivedRefused", delivered_at as "deliveredAt", receipted_at as "receiptedAt",
             received_at as "receivedAt", latency_steps as "latencySteps", latency_counts as "latencyCounts"
           from (${TRAFFIC_OF_MINUTES}) t order by link, minute`,
    // What bears a time ahead of our clock (another process wrote it) is of now, too.
    values: [since, new Date(now.getTime() + 60_000), party],
  });
}

/** Totals by link, up to this moment. */
export async function readTotals(
  reader: Reader,
  party: Party,
  now: Date,
): Promise<Map<string, TrafficTotal>> {
  const until = await countedUntil(reader);
  const [counted, live] = await Promise.all([
    reader.query<TrafficTotal>({
      name: 'traffic-totals',
      text: `select link, accepted, delivered, refused, receipted, received, received_refused as "receivedRefused",
               delivered_at as "deliveredAt", receipted_at as "receiptedAt", received_at as "receivedAt",
               0 as "deliveredPerMinute", 0 as "receivedPerMinute"
             from traffic_total`,
      values: [],
    }),
    readLiveMinutes(reader, party, until, now),
  ]);
  const totals = new Map(counted.map((total) => [total.link, total]));
  for (const minute of live) {
    const total = totals.get(minute.link) ?? emptyTotal(minute.link);
    totals.set(minute.link, addMinute(total, minute, now));
  }
  return totals;
}

export function emptyTotal(link: string): TrafficTotal {
  const counts = { accepted: 0, delivered: 0, refused: 0, receipted: 0, received: 0, receivedRefused: 0 };
  const times = { deliveredAt: null, receiptedAt: null, receivedAt: null };
  return { link, ...counts, ...times, deliveredPerMinute: 0, receivedPerMinute: 0 };
}

/** The rate is that of the last whole minute, and of the one under way, by how much of it is over. */
function addMinute(total: TrafficTotal, minute: TrafficMinute, now: Date): TrafficTotal {
  const age = (now.getTime() - minute.minute.getTime()) / 60_000;
  const share = age < 1 ? 1 : age < 2 ? 2 - age : 0;
  return {
    link: total.link,
    accepted: total.accepted + minute.accepted,
    delivered: total.delivered + minute.delivered,
    refused: total.refused + minute.refused,
    receipted: total.receipted + minute.receipted,
    received: total.received + minute.received,
    receivedRefused: total.receivedRefused + minute.receivedRefused,
    deliveredAt: later(total.deliveredAt, minute.deliveredAt),
    receiptedAt: later(total.receiptedAt, minute.receiptedAt),
    receivedAt: later(total.receivedAt, minute.receivedAt),
    deliveredPerMinute: total.deliveredPerMinute + share * minute.delivered,
    receivedPerMinute: total.receivedPerMinute + share * (minute.received + minute.receivedRefused),
  };
}

function later(a: Date | null, b: Date | null): Date | null {
  return a && b ? (a > b ? a : b) : (a ?? b);
}
