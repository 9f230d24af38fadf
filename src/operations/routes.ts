import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { Pinged } from '../delivery/ping-partner.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Link } from '../links/link.ts';
import { addDeadLetterRoutes, type DeadLetterRouteParts } from './dead-letters/routes.ts';
import { addJobRoutes, type JobRouteParts } from './jobs/routes.ts';
import { addLaneRoutes } from './lanes/routes.ts';
import type { OverviewParts } from './overview/read-overview.ts';
import { addOverviewRoutes } from './overview/routes.ts';
import { addQuarantineRoutes } from './quarantine/routes.ts';
import { type LaneAction, steerLane } from './steer-lane.ts';
import { type LinkAction, steerLink } from './steer-link.ts';

export interface OperationsRouteParts extends DeadLetterRouteParts, OverviewParts, JobRouteParts {
  ping(link: Link): Promise<Pinged>;
}

const REASON_LENGTH_MAX = 500;

/** What an operator watches and steers. */
export function addOperationsRoutes(app: FastifyInstance, parts: OperationsRouteParts): void {
  const { database, links } = parts;
  addOverviewRoutes(app, parts);
  addLaneRoutes(app, database);

  app.post<{ Params: { id: string } }>(
    '/v1/ops/links/:id/ping',
    {
      config: { scope: 'operate', link: 'path' },
      schema: { tags: ['operate'], summary: 'Is the partner there, and does it take our word for ours?' },
    },
    async (request) => {
      const link = links.get(request.params.id);
      if (!link) throw new Problem('not-found', { detail: `There is no link ${request.params.id}.` });
      return parts.ping(link);
    },
  );

  for (const action of ['pause', 'resume', 'trigger'] as const) addLaneAction(app, parts, action);
  for (const action of ['pause', 'resume'] as const) addLinkAction(app, parts, action);
  addDeadLetterRoutes(app, parts);
  addQuarantineRoutes(app, database);
  addJobRoutes(app, parts);
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
