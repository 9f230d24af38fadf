import type { FastifyInstance } from 'fastify';
import type { ReadLog } from '../../access/record-reads.ts';
import { principalOf, purposeOf } from '../../http/authenticate.ts';
import { Problem } from '../../http/problem.ts';
import { type EvidenceParts, findRecorded, gatherEvidence } from './gather-evidence.ts';

export interface EvidenceRouteParts extends EvidenceParts {
  reads: Pick<ReadLog, 'record'>;
}

/** What shows where a message is, checked when it is asked for. */
export function addEvidenceRoutes(app: FastifyInstance, parts: EvidenceRouteParts): void {
  app.get<{ Params: { id: string } }>(
    '/v1/ops/messages/:id/evidence',
    { config: { scope: 'messages:read', link: 'route' }, schema: evidenceSchema },
    async (request) => {
      const { id } = request.params;
      const principal = principalOf(request);
      const recorded = await findRecorded(parts.database, id);
      if (!recorded || (principal.link !== undefined && principal.link !== recorded.link)) {
        throw new Problem('not-found', { detail: `There is no message ${id}.` });
      }
      if (recorded.direction === 'in' && recorded.jws !== null) {
        const purpose = purposeOf(request);
        parts.reads.record({ principal: principal.name, purpose, what: 'message', ids: [id] });
      }
      return gatherEvidence(parts, recorded, new Date());
    },
  );
}

const evidenceSchema = {
  tags: ['operate'],
  summary:
    'A message decoded, its signature, receipt and audit entries checked on the spot, and its attempts',
  description:
    'Each of `checks` has `ok` true, false, or null where it could not be checked (yet), and a sentence. Of a message that came in, its contents are partner data: say what for.',
  params: {
    type: 'object',
    properties: {
      id: { type: 'string', format: 'uuid', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
    },
  },
};
