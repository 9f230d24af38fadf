import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ReadLog } from '../access/record-reads.ts';
import type { FeedSignal } from '../feed/await-change.ts';
import { principalOf, purposeOf } from '../http/authenticate.ts';
import { assertLink } from '../http/keep-to-link.ts';
import { Problem } from '../http/problem.ts';
import type { Database } from '../store/database.ts';
import { defineStream, dropStream } from './define-stream.ts';
import { listStreamErrors, listStreams } from './list-streams.ts';
import { hasNews, type PolledSets, type PollRequest, pollStream } from './poll-stream.ts';
import { readDefinition, readPoll, readSeek } from './read-request.ts';
import { defineSchema, errorsSchema, pollSchema, schemaOf, seekSchema } from './route-schemas.ts';
import { seekStream } from './seek-stream.ts';
import { STREAMS_MAX, type Stream, WAIT_MS_MAX } from './stream.ts';

export interface StreamRouteParts {
  database: Database;
  links: ReadonlyMap<string, unknown>;
  /** Raised when the feed grows. */
  signal: FeedSignal;
  reads: ReadLog;
}

type Named = { Params: { name: string } };

const config = { scope: 'streams:read', link: 'route' } as const;

/** Pull streams: every consumer has one, and what it acknowledged is its own affair. */
export function addStreamRoutes(app: FastifyInstance, parts: StreamRouteParts): void {
  addDefinitionRoutes(app, parts);

  app.post<Named>(
    '/v1/streams/:name/poll',
    { config: { ...config, purpose: true }, schema: pollSchema },
    async (request, reply) => {
      const { wait, ...asked } = readPoll(request.body);
      await streamOf(request, parts.database);
      const { sets, moreAvailable } = await pollUntil(parts, request, asked, wait, reply);
      // A poll that found nothing read nothing.
      if (sets.length > 0) {
        parts.reads.record({
          principal: principalOf(request).name,
          purpose: purposeOf(request),
          what: 'stream',
          ids: sets.map(({ id }) => id),
        });
      }
      return { sets: Object.fromEntries(sets.map(({ id, jws }) => [id, jws])), moreAvailable };
    },
  );

  app.post<Named>('/v1/streams/:name/seek', { config, schema: seekSchema }, async (request) => {
    const to = readSeek(request.body);
    const { name } = await streamOf(request, parts.database);
    await seekStream(parts.database, name, to, principalOf(request).name, new Date());
    return streamOf(request, parts.database);
  });
}

function addDefinitionRoutes(app: FastifyInstance, parts: StreamRouteParts): void {
  const { database } = parts;

  app.put<Named>('/v1/streams/:name', { config, schema: defineSchema }, async (request, reply) => {
    const { link: asked, types, from } = readDefinition(request.body);
    const link = linkOf(request, asked, parts.links);
    const known = (await listStreams(database, { name: request.params.name }))[0];
    if (known) assertLink(principalOf(request), known.link);
    const by = principalOf(request).name;
    const defined = await defineStream(database, request.params.name, { link, types }, from, by, new Date());
    if (defined === 'too-many') {
      throw new Problem('conflict', {
        detail: `There are ${STREAMS_MAX} streams, which is as many as may be. Delete one that nobody polls.`,
      });
    }
    return reply.code(defined === 'created' ? 201 : 200).send(await streamOf(request, database));
  });

  app.get<Named>(
    '/v1/streams/:name',
    { config, schema: schemaOf('One stream, and how far its consumer is') },
    (request) => streamOf(request, database),
  );

  app.get('/v1/streams', { config, schema: { tags: ['pull'], summary: 'The streams' } }, async (request) => ({
    items: await listStreams(database, { link: principalOf(request).link }),
    next: null,
  }));

  app.delete<Named>(
    '/v1/streams/:name',
    { config, schema: schemaOf('Delete a stream and its place') },
    async (request, reply) => {
      const { name } = await streamOf(request, database);
      await dropStream(database, name, principalOf(request).name, new Date());
      return reply.code(204).send();
    },
  );

  app.get<Named & { Querystring: { limit: number } }>(
    '/v1/streams/:name/errors',
    { config, schema: errorsSchema },
    async (request) => {
      const { name } = await streamOf(request, database);
      return { items: await listStreamErrors(database, name, request.query.limit), next: null };
    },
  );
}

/** What operators see of the consumers. */
export function addStreamOperations(app: FastifyInstance, database: Database): void {
  const operate = { scope: 'operate', link: 'route' } as const;
  app.get(
    '/v1/ops/streams',
    { config: operate, schema: { tags: ['operate'], summary: 'The streams of the back ends' } },
    async (request) => ({
      items: await listStreams(database, { link: principalOf(request).link }),
      next: null,
    }),
  );
  app.get<Named & { Querystring: { limit: number } }>(
    '/v1/ops/streams/:name/errors',
    { config: operate, schema: { ...errorsSchema, tags: ['operate'] } },
    async (request) => {
      const { name } = await streamOf(request, database);
      return { items: await listStreamErrors(database, name, request.query.limit), next: null };
    },
  );
}

/** @throws Problem `not-found`, or `link-forbidden` where the token is for another link than the stream */
async function streamOf(
  request: FastifyRequest<{ Params: { name: string } }>,
  database: Database,
): Promise<Stream> {
  const { name } = request.params;
  const [stream] = await listStreams(database, { name });
  if (!stream) {
    throw new Problem('not-found', {
      detail: `There is no stream ${name}. Make it with PUT /v1/streams/${name}.`,
    });
  }
  assertLink(principalOf(request), stream.link);
  return stream;
}

/** The link of a stream: the one asked for, that of the token, or the only one. */
function linkOf(
  request: FastifyRequest,
  asked: string | undefined,
  links: ReadonlyMap<string, unknown>,
): string {
  const [only] = links.size === 1 ? links.keys() : [];
  const link = asked ?? principalOf(request).link ?? only;
  const errors = (code: string, message: string) => [{ pointer: '/link', code, message }];
  if (link === undefined) {
    const message = `must be one of ${[...links.keys()].join(', ')}`;
    throw new Problem('link-missing', {
      detail: 'There are several links: say which.',
      errors: errors('missing-member', message),
    });
  }
  assertLink(principalOf(request), link);
  if (links.has(link)) return link;
  throw new Problem('link-unknown', {
    detail: `There is no link ${link}.`,
    errors: errors('unknown-code', `must be one of ${[...links.keys()].join(', ')}`),
  });
}

/**
 * Long poll: looks at once, then whenever something is there for the stream, until a SET is, time is up, or consumer
 * or gateway go away.
 */
async function pollUntil(
  { database, signal }: StreamRouteParts,
  request: FastifyRequest<{ Params: { name: string } }>,
  asked: PollRequest,
  wait: boolean,
  reply: FastifyReply,
): Promise<PolledSets> {
  const { name } = request.params;
  const until = Date.now() + (wait ? WAIT_MS_MAX : 0);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const over = AbortSignal.any([gone.signal, reply.server.closing]);
  let answered = asked;
  for (;;) {
    const polled = await pollStream(database, name, answered, principalOf(request).name, new Date());
    if (!polled) throw new Problem('not-found', { detail: `The stream ${name} was deleted.` });
    if (polled.sets.length > 0 || Date.now() >= until || over.aborted) return polled;
    answered = { ...asked, ack: [], setErrs: [] };
    do {
      await signal.next(until - Date.now(), over);
    } while (Date.now() < until && !over.aborted && !(await hasNews(database, name)));
  }
}
