import type { Party } from '../../contract/party.ts';
import type { Database } from '../../store/database.ts';
import { countedUntil, readLiveMinutes, type TrafficMinute } from './read-traffic.ts';

export const seriesRanges = {
  '1h': { spanSeconds: 3_600, stepSeconds: 60 },
  '24h': { spanSeconds: 86_400, stepSeconds: 600 },
  '7d': { spanSeconds: 604_800, stepSeconds: 3_600 },
} as const;

export type SeriesRange = keyof typeof seriesRanges;

/** Columns of the same length, oldest step first. */
export interface TrafficSeries {
  link: string | null;
  range: SeriesRange;
  from: Date;
  until: Date;
  stepSeconds: number;
  /** Where each step begins, in seconds since 1970. */
  at: number[];
  out: {
    accepted: number[];
    delivered: number[];
    receipted: number[];
    refused: number[];
    /** Milliseconds from acceptance to delivery, within a tenth of the true ones; null where nothing was delivered. */
    p50Ms: (number | null)[];
    p99Ms: (number | null)[];
    /** The most that waited in the step; null where it was not noted. */
    waiting: (number | null)[];
  };
  in: { received: number[]; refused: number[] };
}

interface Step {
  step: number;
  accepted: number;
  delivered: number;
  refused: number;
  receipted: number;
  received: number;
  receivedRefused: number;
  waiting: number | null;
  latencies: Map<number, number>;
}

type CountedStep = Omit<Step, 'latencies'> & {
  latencySteps: number[] | null;
  latencyCounts: number[] | null;
};

/** @param link all links together where it is left out */
export async function readSeries(
  database: Pick<Database, 'query'>,
  party: Party,
  { link, range }: { link: string | undefined; range: SeriesRange },
  now: Date,
): Promise<TrafficSeries> {
  const { spanSeconds, stepSeconds } = seriesRanges[range];
  const first = Math.floor(now.getTime() / 1_000 / stepSeconds) * stepSeconds - spanSeconds + stepSeconds;
  const from = new Date(first * 1_000);
  const until = await countedUntil(database);
  const live = until > from ? until : from;
  const [counted, minutes] = await Promise.all([
    readCounted(database, link, { from, until: live, stepSeconds }),
    readLiveMinutes(database, party, live, now),
  ]);
  const steps = new Map(counted.map((step) => [step.step, withHistogram(step)]));
  for (const minute of minutes) {
    if (link === undefined || minute.link === link) addMinute(steps, minute, stepSeconds);
  }
  const at = Array.from({ length: spanSeconds / stepSeconds }, (_, n) => first + n * stepSeconds);
  return columnsOf(
    at.map((second) => steps.get(second)),
    { link: link ?? null, range, from, until: now, stepSeconds, at },
  );
}

function readCounted(
  database: Pick<Database, 'query'>,
  link: string | undefined,
  { from, until, stepSeconds }: { from: Date; until: Date; stepSeconds: number },
): Promise<CountedStep[]> {
  return database.query<CountedStep>({
    name: 'traffic-series',
    text: `with minutes as materialized (
             select extract(epoch from minute)::bigint / $4::bigint * $4::bigint as step, * from traffic_minute
             where ($1::text is null or link = $1) and minute >= $2
           ), latencies as (
             select step, array_agg(s) as "latencySteps", array_agg(n) as "latencyCounts"
             from (select step, s, sum(n)::bigint as n from minutes, unnest(latency_steps, latency_counts) as u(s, n)
                   where minute < $3 group by step, s) l
             group by step
           ), counts as (
             select step, sum(accepted) as accepted, sum(delivered) as delivered, sum(refused) as refused,
               sum(receipted) as receipted, sum(received) as received, sum(received_refused) as "receivedRefused"
             from minutes where minute < $3 group by step
           ), noted as (
             select step, max(waiting)::bigint as waiting
             from (select step, minute, sum(waiting) as waiting from minutes group by step, minute) w group by step
           )
           select * from noted left join counts using (step) left join latencies using (step)`,
    values: [link ?? null, from, until, stepSeconds],
  });
}

function withHistogram({ latencySteps, latencyCounts, ...step }: CountedStep): Step {
  const latencies = new Map<number, number>();
  latencySteps?.forEach((bucket, index) => {
    latencies.set(bucket, latencyCounts?.[index] ?? 0);
  });
  return {
    ...step,
    accepted: step.accepted ?? 0,
    delivered: step.delivered ?? 0,
    refused: step.refused ?? 0,
    receipted: step.receipted ?? 0,
    received: step.received ?? 0,
    receivedRefused: step.receivedRefused ?? 0,
    latencies,
  };
}

function addMinute(steps: Map<number, Step>, minute: TrafficMinute, stepSeconds: number): void {
  const second = Math.floor(minute.minute.getTime() / 1_000 / stepSeconds) * stepSeconds;
  const step = steps.get(second) ?? emptyStep(second);
  steps.set(second, step);
  step.accepted += minute.accepted;
  step.delivered += minute.delivered;
  step.refused += minute.refused;
  step.receipted += minute.receipted;
  step.received += minute.received;
  step.receivedRefused += minute.receivedRefused;
  minute.latencySteps?.forEach((bucket, index) => {
    step.latencies.set(bucket, (step.latencies.get(bucket) ?? 0) + (minute.latencyCounts?.[index] ?? 0));
  });
}

function emptyStep(step: number): Step {
  const counts = { accepted: 0, delivered: 0, refused: 0, receipted: 0, received: 0, receivedRefused: 0 };
  return { step, ...counts, waiting: null, latencies: new Map() };
}

function columnsOf(
  steps: readonly (Step | undefined)[],
  frame: Omit<TrafficSeries, 'out' | 'in'>,
): TrafficSeries {
  const column = (of: (step: Step) => number): number[] => steps.map((step) => (step ? of(step) : 0));
  return {
    ...frame,
    out: {
      accepted: column((s) => s.accepted),
      delivered: column((s) => s.delivered),
      receipted: column((s) => s.receipted),
      refused: column((s) => s.refused),
      p50Ms: steps.map((step) => quantile(step?.latencies, 0.5)),
      p99Ms: steps.map((step) => quantile(step?.latencies, 0.99)),
      waiting: steps.map((step) => step?.waiting ?? null),
    },
    in: { received: column((s) => s.received), refused: column((s) => s.receivedRefused) },
  };
}

/** The middle of the histogram's step in which the quantile lies; a step is a fifth wide. */
export function quantile(latencies: ReadonlyMap<number, number> | undefined, share: number): number | null {
  const steps = [...(latencies ?? [])].toSorted(([a], [b]) => a - b);
  const total = steps.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [step, count] of steps) {
    seen += count;
    if (seen >= share * total) return Math.round(2 ** ((step + 0.5) / 4));
  }
  return null;
}
