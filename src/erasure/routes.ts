import type { FastifyInstance } from 'fastify';
import { awaitSecondPerson } from '../access/approval-routes.ts';
import type { Approvals } from '../access/approvals.ts';
import { readReasoned } from '../access/read-reasoned.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { Problem } from '../http/problem.ts';
import { eraseWithin } from './erase-enterprise.ts';
import { ErasureError } from './erasure.ts';

const SUBJECT = /^[A-Z0-9-]{3,40}$/;

/** Erasing over the API waits for a second person; the act is done in the transaction of the approval. */
export function addErasureRoutes(app: FastifyInstance, approvals: Approvals, listFile: string): void {
  approvals.add({
    kind: 'erase',
    scope: 'erase',
    async execute(tx, params, { requestedBy, approvedBy, reason, now }) {
      const subject = isJsonObject(params) && typeof params.enterprise === 'string' ? params.enterprise : '';
      try {
        return {
          ...(await eraseWithin(tx, listFile, {
            subject,
            at: now,
            reason,
            by: `${requestedBy}, ${approvedBy}`,
          })),
        };
      } catch (error) {
        if (!(error instanceof ErasureError)) throw error;
        throw new Problem('conflict', { detail: error.message, cause: error });
      }
    },
  });
  app.post('/v1/ops/erasures', { config: { scope: 'erase' }, schema: erasureSchema }, (request, reply) => {
    const { value: enterprise, reason } = readReasoned(request.body, 'enterprise', SUBJECT);
    const summary = `Erase what is on record here of ${enterprise}; proofs of the audit log stay valid.`;
    return awaitSecondPerson(approvals, request, reply, {
      kind: 'erase',
      params: { enterprise },
      summary,
      reason,
    });
  });
}

const erasureSchema = {
  tags: ['operate'],
  summary: 'Ask to erase the data of one enterprise; a second person approves it',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['enterprise', 'reason'],
    properties: {
      enterprise: { type: 'string', pattern: '^[A-Z0-9-]{3,40}$' },
      reason: { type: 'string', minLength: 1, maxLength: 500 },
    },
  },
};
