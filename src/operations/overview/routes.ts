import type { FastifyInstance } from 'fastify';
import { principalOf } from '../../http/authenticate.ts';
import { countAlerts, listAlerts } from '../alerts/routes.ts';
import { countOpenJobs } from '../jobs/job.ts';
import { readSeries, type SeriesRange, seriesRanges } from '../traffic/read-series.ts';
import { type OverviewParts, readLinkOverviews } from './read-overview.ts';
import { readLatestUrgent } from './read-urgent.ts';

/** The gateway at a glance, and how its traffic went. */
export function addOverviewRoutes(app: FastifyInstance, parts: OverviewParts): void {
  const { database, party } = parts;

  app.get(
    '/v1/ops/overview',
    { config: { scope: 'operate', link: 'route' }, schema: overviewSchema },
    async (request) => readOverview(parts, new Date(), principalOf(request).link),
  );

  app.get(
    '/v1/ops/links',
    { config: { scope: 'operate', link: 'route' }, schema: linksSchema },
    async (request) => {
      const { link } = principalOf(request);
      const items = await readLinkOverviews(parts, new Date());
      return { items: items.filter(({ id }) => link === undefined || id === link), next: null };
    },
  );

  app.get<{ Querystring: { link?: string; range: SeriesRange } }>(
    '/v1/ops/series',
    { config: { scope: 'operate', link: 'query' }, schema: seriesSchema },
    async ({ query: { link, range } }) => readSeries(database, party, { link, range }, new Date()),
  );
}

/** @param link only what concerns this one */
export async function readOverview(parts: OverviewParts, now: Date, link?: string): Promise<object> {
  const [all, alerts, urgent, running, waiting] = await Promise.all([
    readLinkOverviews(parts, now),
    parts.board ? listAlerts(parts.database, parts.board, link) : [],
    readLatestUrgent(parts.database, parts.party, link),
    countOpenJobs(parts.database),
    parts.database.query<{ approvals: number }>({
      name: 'operations-waiting-people',
      text: `select (select count(*) from approval where decision is null and expires_at > $1) as approvals`,
      values: [now],
    }),
  ]);
  const links = all.filter(({ id }) => link === undefined || id === link);
  const sum = (of: (link: (typeof links)[number]) => number) => links.reduce((n, each) => n + of(each), 0);
  return {
    party: parts.party,
    at: now,
    links,
    deadLetters: { parked: sum((l) => l.out.parked), refused: sum((l) => l.out.refused) },
    quarantined: sum((l) => l.quarantined),
    alerts: countAlerts(alerts),
    jobs: { running },
    approvals: { waiting: waiting[0]?.approvals ?? 0 },
    urgent,
  };
}

const overviewSchema = {
  tags: ['operate'],
  summary: 'Every link at a glance',
  description:
    'Each link as two directions: its state, what waits and since when, the rates of the last minute, receipts owed and overdue, the clocks, the witness, the last comparison; and what waits for people.',
};

const linksSchema = { tags: ['operate'], summary: 'The links and their state' };

const seriesSchema = {
  tags: ['operate'],
  summary: 'What went and came over time, and how long delivery took',
  description: 'Columns of the same length. Counts are of the step; latency is from acceptance to delivery.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      link: { type: 'string', description: 'All links together where it is left out' },
      range: { type: 'string', enum: Object.keys(seriesRanges), default: '1h' },
    },
  },
};
