import type { FastifyInstance } from 'fastify';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Link } from '../links/link.ts';
import { cursorOf, placeOf } from '../register/page-cursor.ts';
import { beginBoth } from './begin-runs.ts';
import { listRuns } from './keep-run.ts';
import type { ReconcilingParts, Run } from './reconciliation.ts';
import { releaseRun } from './release-run.ts';
import { beginSchema, listSchema } from './route-schemas.ts';

type LinkRoute = { Params: { id: string } };

/** How an operator reconciles the registers of a link, and sees what came of it. */
export function addReconciliationRoutes(app: FastifyInstance, parts: ReconcilingParts): void {
  const config = { scope: 'operate', link: 'path' } as const;

  app.post<LinkRoute & { Body: { dryRun?: boolean; release?: boolean } | null }>(
    '/v1/ops/links/:id/reconcile',
    { config, schema: beginSchema },
    async (request, reply) => {
      const link = linkOf(request.params.id, parts);
      const { dryRun = false, release = false } = request.body ?? {};
      const by = principalOf(request).name;
      const now = new Date();
      if (release && !(await releaseRun(parts.database, link.id, by, now))) {
        throw new Problem('conflict', { detail: `No reconciliation of ${link.id} waits for a release.` });
      }
      const runs = await beginBoth(parts, link, { dryRun, by }, now);
      if (dryRun && runs.some((run) => !run.dryRun)) {
        throw new Problem('conflict', {
          detail: `A reconciliation of ${link.id} that repairs is under way; a dry run can begin when it has ended.`,
        });
      }
      return reply.code(202).send({ link: link.id, dryRun, reconciliations: runs.map(answerOf) });
    },
  );

  app.get<LinkRoute & { Querystring: { limit: number; cursor?: string } }>(
    '/v1/ops/links/:id/reconciliations',
    { config, schema: listSchema },
    async (request) => {
      const link = linkOf(request.params.id, parts);
      const { limit, cursor } = request.query;
      const runs = await listRuns(
        parts.database,
        link.id,
        limit,
        cursor === undefined ? undefined : place(cursor),
      );
      const last = runs.at(-1);
      return {
        items: runs.map(answerOf),
        next: last && runs.length === limit ? cursorOf([last.startedAt.getTime(), last.id]) : null,
      };
    },
  );
}

function linkOf(id: string, { links }: ReconcilingParts): Link {
  const link = links.get(id);
  if (!link) throw new Problem('not-found', { detail: `There is no link ${id}.` });
  return link;
}

function place(cursor: string): { startedAt: Date; id: string } {
  const [at, id] = placeOf(cursor, ['number', 'string']) as [number, string];
  const startedAt = new Date(at);
  if (!Number.isNaN(startedAt.getTime()) && /^[0-9a-f-]{36}$/.test(id)) return { startedAt, id };
  throw new Problem('cursor-malformed', {
    detail: 'The parameter cursor must be the next of an earlier answer, or be left out.',
  });
}

/** What a run showed stands beside what it is. */
function answerOf({ findings, ...run }: Run): object {
  return { ...run, ...findings };
}
