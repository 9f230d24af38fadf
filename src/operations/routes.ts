import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { Pinged } from '../delivery/ping-partner.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Link } from '../links/link.ts';
import { addDeadLetterRoutes, type DeadLetterRouteParts } from './dead-letters/routes.ts';
import { addQuarantineRoutes } from './quarantine/routes.ts';
import { type LinkOverview, readLanes, readOverview } from './read-overview.ts';
import { type LaneAction, steerLane } from './steer-lane.ts';
import { type LinkAction, steerLink } from './steer-link.ts';

export interface OperationsRouteParts extends DeadLetterRouteParts {
  ping(link: Link): Promise<Pinged>;
}

const REASON_LENGTH_MAX = 500;

/** What an operator watches and steers. */
export function addOperationsRoutes(app: FastifyInstance, parts: OperationsRouteParts): void {
  const { database, links } = parts;
  const config = { scope: 'operate' } as const;

  app.get(
    '/v1/ops/overview',
    { config, schema: { tags: ['operate'], summary: 'Every link at a glance' } },
    async () => ({
      links: (await readOverview(database, parts.party)).map((overview) => describeLink(overview, links)),
    }),
  );

  app.get(
    '/v1/ops/links',
    { config, schema: { tags: ['operate'], summary: 'The links and their state' } },
    async () => ({
      items: (await readOverview(database, parts.party)).map((overview) => describeLink(overview, links)),
      next: null,
    }),
  );

  app.post<{ Params: { id: string } }>(
    '/v1/ops/links/:id/ping',
    {
      config: { ...config, link: 'path' },
      schema: { tags: ['operate'], summary: 'Is the partner there, and does it take our word for ours?' },
    },
    async (request) => {
      const link = links.get(request.params.id);
      if (!link) throw new Problem('not-found', { detail: `There is no link ${request.params.id}.` });
      return parts.ping(link);
    },
  );

  app.get(
    '/v1/ops/lanes',
    { config, schema: { tags: ['operate'], summary: 'The lanes and what waits in them' } },
    async () => ({
      items: await readLanes(database),
      next: null,
    }),
  );

  for (const action of ['pause', 'resume', 'trigger'] as const) addLaneAction(app, parts, action);
  for (const action of ['pause', 'resume'] as const) addLinkAction(app, parts, action);
  addDeadLetterRoutes(app, parts);
  addQuarantineRoutes(app, database);
}

function addLinkAction(app: FastifyInstance, parts: OperationsRouteParts, action: LinkAction): void {
  app.post<{ Params: { id: string } }>(
    `/v1/ops/links/:id/${action}`,
    {
      config: { scope: 'operate', link: 'path' },
      schema: { tags: ['operate'], summary: `${action} delivery on a link` },
    },
    async (request, reply) => {
      const { id } = request.params;
      const lanes = await steerLink(parts.database, id, action, principalOf(request).name, reasonOf(request));
      if (!lanes) throw new Problem('not-found', { detail: `There is no link ${id}.` });
      parts.trigger(lanes);
      return reply.code(204).send();
    },
  );
}

function addLaneAction(app: FastifyInstance, parts: OperationsRouteParts, action: LaneAction): void {
  app.post<{ Params: LaneRef }>(
    `/v1/ops/lanes/:link/:lane/${action}`,
    {
      config: { scope: 'operate', link: 'path' },
      schema: { tags: ['operate'], summary: `${action} a lane` },
    },
    async (request, reply) => {
      const ref = { link: request.params.link, lane: request.params.lane };
      const known = await steerLane(
        parts.database,
        ref,
        action,
        principalOf(request).name,
        reasonOf(request),
      );
      if (!known)
        throw new Problem('not-found', { detail: `There is no lane ${ref.lane} of a link ${ref.link}.` });
      if (action !== 'pause') parts.trigger([ref]);
      return reply.code(204).send();
    },
  );
}

function reasonOf(request: FastifyRequest): string | undefined {
  const reason = isJsonObject(request.body) ? request.body.reason : undefined;
  if (reason === undefined) return undefined;
  if (typeof reason === 'string' && reason.length <= REASON_LENGTH_MAX) return reason;
  throw new Problem('malformed', {
    detail: `reason must be a string of at most ${REASON_LENGTH_MAX} characters.`,
    errors: [
      {
        pointer: '/reason',
        code: 'wrong-type',
        message: `must be a string of at most ${REASON_LENGTH_MAX} characters`,
      },
    ],
  });
}

function describeLink(overview: LinkOverview, links: ReadonlyMap<string, Link>): object {
  const link = links.get(overview.id);
  return { ...overview, partner: link?.partner ?? null, exchangeUrl: link?.exchangeUrl ?? null };
}
