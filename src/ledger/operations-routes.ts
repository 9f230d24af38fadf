import type { FastifyInstance } from 'fastify';
import type { PartnerConnection } from '../delivery/send-sets.ts';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Link } from '../links/link.ts';
import { compareLink } from './compare-link.ts';
import { LedgerError } from './ledger-error.ts';
import { listComparisons } from './list-comparisons.ts';
import { type RecoveringParts, recoverLink } from './recover-link.ts';

export interface LedgerOperationsParts extends RecoveringParts {
  connections: ReadonlyMap<string, PartnerConnection>;
}

type LinkRoute = { Params: { id: string } };

/** How an operator compares a link, recovers it, and sees what comparisons showed. */
export function addLedgerOperations(app: FastifyInstance, parts: LedgerOperationsParts): void {
  const config = { scope: 'operate', link: 'path' } as const;

  app.post<LinkRoute>(
    '/v1/ops/links/:id/compare',
    {
      config,
      schema: {
        tags: ['operate'],
        summary: 'Compare with the partner now, everything within the retention',
        description:
          'What differs is repaired: lost answers are recorded, what the partner lost is sent again.',
      },
    },
    async (request) => {
      const { link, connection } = linkOf(request.params.id, parts);
      return explained(compareLink(parts, link, connection, { reason: 'demand', all: true, open: true }));
    },
  );

  app.post<LinkRoute>(
    '/v1/ops/links/:id/recover',
    {
      config,
      schema: {
        tags: ['operate'],
        summary: 'Take back what this side lost when it was restored from a backup',
        description:
          'Our messages that the partner holds are fetched, verified and put back with their versions; pending messages of their subjects are accepted again. The answer names what cannot come back.',
      },
    },
    async (request) => {
      const { link, connection } = linkOf(request.params.id, parts);
      return explained(recoverLink(parts, link, connection, principalOf(request).name));
    },
  );

  app.get<LinkRoute & { Querystring: { limit: number } }>(
    '/v1/ops/links/:id/comparisons',
    {
      config,
      schema: {
        tags: ['operate'],
        summary: 'What the comparisons with the partner showed, newest first',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
        },
      },
    },
    async (request) => {
      const { link } = linkOf(request.params.id, parts);
      return { items: await listComparisons(parts.database, link.id, request.query.limit), next: null };
    },
  );
}

function linkOf(
  id: string,
  { links, connections }: LedgerOperationsParts,
): { link: Link; connection: PartnerConnection } {
  const [link, connection] = [links.get(id), connections.get(id)];
  if (!link || !connection) throw new Problem('not-found', { detail: `There is no link ${id}.` });
  return { link, connection };
}

/** What keeps a comparison from its end is the partner or the state, not the request. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const detail = `${error.message}.`;
    throw error.code === 'nothing-to-recover'
      ? new Problem('conflict', { detail, cause: error })
      : new Problem('partner-away', { detail, cause: error, retryAfterSeconds: 30 });
  }
}
