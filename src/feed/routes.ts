import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ReadLog } from '../access/record-reads.ts';
import { principalOf, purposeOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Database } from '../store/database.ts';
import type { FeedSignal } from './await-change.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type ChangeFilter, type ChangePage, readChanges } from './read-changes.ts';

export interface FeedRouteParts {
  database: Database;
  /** Of the store; a cursor of another one is outdated. */
  incarnation: string;
  signal: FeedSignal;
  reads: ReadLog;
}

const LIMIT_MAX = 1_000;
const WAIT_SECONDS_MAX = 30;

interface ChangesQuery {
  after?: string;
  link?: string;
  type?: string;
  limit: number;
  wait: number;
}

/** The change feed: what the partner sent, in the order in which it became readable here. */
export function addFeedRoutes(app: FastifyInstance, parts: FeedRouteParts): void {
  app.get<{ Querystring: ChangesQuery }>(
    '/v1/changes',
    { config: { scope: 'streams:read', purpose: true, link: 'query' }, schema: changesSchema },
    async (request, reply) => {
      const { after, limit, wait } = request.query;
      const from = after === undefined ? 0 : placeOf(after, parts.incarnation);
      const filter = filterOf(request, limit);
      const { changes, last, full } = await poll(parts, from, filter, wait, reply);
      const ids = changes.map((c) => c.id);
      // A poll that found nothing read nothing.
      if (ids.length > 0) {
        const principal = principalOf(request).name;
        parts.reads.record({ principal, purpose: purposeOf(request), what: 'changes', ids });
      }
      const cursor = (number: number): string => encodeCursor({ incarnation: parts.incarnation, number });
      return {
        changes: changes.map(({ number, ...change }) => ({ cursor: cursor(number), ...change })),
        next: cursor(last),
        more: full,
      };
    },
  );
}

function placeOf(cursor: string, incarnation: string): number {
  const place = decodeCursor(cursor);
  if (!place) {
    throw new Problem('cursor-malformed', {
      detail: 'The parameter after must be a cursor that this feed gave, or be left out.',
    });
  }
  if (place.incarnation !== incarnation) {
    const next = encodeCursor({ incarnation, number: 0 });
    throw new Problem('cursor-superseded', {
      detail: 'This store was restored since. Go on from next; changes that you have seen may come again.',
      more: { next },
    });
  }
  return place.number;
}

function filterOf(request: FastifyRequest<{ Querystring: ChangesQuery }>, limit: number): ChangeFilter {
  const { link = principalOf(request).link, type } = request.query;
  const bound = principalOf(request).link;
  if (bound !== undefined && link !== bound) {
    throw new Problem('link-forbidden', { detail: `This token is for the link ${bound} only.` });
  }
  return { limit, ...(link === undefined ? {} : { link }), ...(type === undefined ? {} : { type }) };
}

/** Long poll: looks at once, then at each change until something is there, time is up, or reader or gateway go away. */
async function poll(
  { database, signal }: FeedRouteParts,
  from: number,
  filter: ChangeFilter,
  waitSeconds: number,
  reply: FastifyReply,
): Promise<ChangePage> {
  const until = Date.now() + waitSeconds * 1_000;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const over = AbortSignal.any([gone.signal, reply.server.closing]);
  for (;;) {
    const page = await readChanges(database, from, filter);
    const left = until - Date.now();
    if (page.last > from || left <= 0 || over.aborted) return page;
    await signal.next(left, over);
  }
}

const changesSchema = {
  tags: ['pull'],
  summary: "The partner's messages, in order, from a cursor on",
  description: 'Never skips a late commit. Give the `next` of one answer as the `after` of the next request.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      after: { type: 'string', maxLength: 256, description: 'Cursor; left out: from the beginning' },
      link: { type: 'string' },
      type: { type: 'string', enum: ['enterprise-status', 'certification-change', 'validation-result'] },
      limit: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: 100 },
      wait: {
        type: 'integer',
        minimum: 0,
        maximum: WAIT_SECONDS_MAX,
        default: 0,
        description: 'Seconds to wait for a change',
      },
    },
  },
};
