import type { FastifyInstance } from 'fastify';
import { Problem } from '../../http/problem.ts';
import type { Database } from '../../store/database.ts';
import { readAttempts } from './read-attempts.ts';
import { readLanes } from './read-lanes.ts';

interface AttemptsQuery {
  link?: string;
  lane?: string;
  message?: string;
  result?: string;
  since?: string;
  until?: string;
  limit: number;
  cursor?: string;
}

/** The lanes, and the requests that were made for them. */
export function addLaneRoutes(app: FastifyInstance, database: Database): void {
  app.get<{ Querystring: { link?: string } }>(
    '/v1/ops/lanes',
    { config: { scope: 'operate', link: 'query' }, schema: lanesSchema },
    async ({ query }) => ({ items: await readLanes(database, new Date(), query.link), next: null }),
  );

  app.get<{ Querystring: AttemptsQuery }>(
    '/v1/ops/attempts',
    { config: { scope: 'operate', link: 'query' }, schema: attemptsSchema },
    async ({ query: { since, until, cursor, limit, ...filter } }) => {
      const items = await readAttempts(database, {
        ...filter,
        limit,
        ...(since === undefined ? {} : { since: new Date(since) }),
        ...(until === undefined ? {} : { until: new Date(until) }),
        ...(cursor === undefined ? {} : { before: placeOf(cursor) }),
      });
      return { items, next: items.length === limit ? String(items.at(-1)?.number) : null };
    },
  );
}

function placeOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new Problem('cursor-malformed', {
    detail: 'The parameter cursor must be the next of an earlier answer, or be left out.',
  });
}

const lanesSchema = {
  tags: ['operate'],
  summary: 'The lanes: what waits in them, and why it waits',
  querystring: { type: 'object', additionalProperties: false, properties: { link: { type: 'string' } } },
};

const instant = { type: 'string', anyOf: [{ format: 'date-time' }, { format: 'date' }] };

const attemptsSchema = {
  tags: ['operate'],
  summary: 'Requests to partners with what came of them, newest first',
  description:
    '`status` is null where no answer came; `error` is what the partner said, or why nothing came. `answer` is the beginning of its body (4 KiB), without what may be a secret. `request.ids` has the first 50 messages of the request.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      link: { type: 'string' },
      lane: { type: 'string', maxLength: 16 },
      message: { type: 'string', format: 'uuid', description: 'A message of ours that was in the request' },
      result: { type: 'string', enum: ['answered', 'unclear', 'link-fault', 'too-large'] },
      since: instant,
      until: instant,
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', maxLength: 20 },
    },
  },
};
