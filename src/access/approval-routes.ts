import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { principalOf, requireScope } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { ProblemCode } from '../http/problems.ts';
import {
  type Approval,
  type ApprovalRequest,
  type ApprovalState,
  type Approvals,
  approvalStates,
  DecisionError,
  type DecisionFault,
} from './approvals.ts';

const config = { scope: 'any' } as const;

interface ApprovalsQuery {
  state?: ApprovalState;
  limit: number;
  cursor?: string;
}

/** What waits for a second person, and the second person's word. */
export function addApprovalRoutes(app: FastifyInstance, approvals: Approvals): void {
  app.get<{ Querystring: ApprovalsQuery }>(
    '/v1/ops/approvals',
    { config, schema: listSchema },
    async (request) => {
      const { state, limit, cursor } = request.query;
      const items = await approvals.list({
        kinds: kindsOf(approvals, request),
        limit,
        ...(state === undefined ? {} : { state }),
        ...(cursor === undefined ? {} : { before: cursor }),
      });
      return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/ops/approvals/:id',
    { config, schema: { tags: ['operate'], summary: 'One act that waits or waited for a second person' } },
    async (request) => {
      const approval = await explained(approvals.read(request.params.id));
      if (kindsOf(approvals, request).includes(approval.kind)) return approval;
      throw unknown(request.params.id);
    },
  );

  app.post<{ Params: { id: string } }>(
    '/v1/ops/approvals/:id/approve',
    {
      config,
      schema: { tags: ['operate'], summary: 'Release it: it is done at once, and the answer has the result' },
    },
    (request) => explained(approvals.approve(request.params.id, principalOf(request))),
  );

  app.post<{ Params: { id: string } }>(
    '/v1/ops/approvals/:id/reject',
    { config, schema: { tags: ['operate'], summary: "Refuse it, or take one's own back" } },
    (request) => explained(approvals.reject(request.params.id, principalOf(request))),
  );
}

/** How a route answers whose act waits for a second person: 202 with the approval, which the Location shows. */
export async function awaitSecondPerson(
  approvals: Approvals,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: ApprovalRequest,
): Promise<FastifyReply> {
  const approval: Approval = await explained(approvals.request(wanted, principalOf(request)));
  return reply.code(202).header('location', `/v1/ops/approvals/${approval.id}`).send({ approval });
}

/** A token that may release nothing has no business with the list. */
function kindsOf(approvals: Approvals, request: FastifyRequest): string[] {
  const kinds = approvals.kindsFor(principalOf(request));
  if (kinds.length === 0) requireScope(principalOf(request), 'operate');
  return kinds;
}

const PROBLEMS: Record<DecisionFault, ProblemCode> = {
  unknown: 'not-found',
  own: 'second-person-needed',
  over: 'conflict',
  'scope-missing': 'scope-missing',
};

async function explained<T>(decision: Promise<T>): Promise<T> {
  try {
    return await decision;
  } catch (cause) {
    if (!(cause instanceof DecisionError)) throw cause;
    throw new Problem(PROBLEMS[cause.fault], { detail: cause.message, cause });
  }
}

function unknown(id: string): Problem {
  return new Problem('not-found', { detail: `There is no approval ${id}.` });
}

const listSchema = {
  tags: ['operate'],
  summary: 'Acts that wait or waited for a second person, newest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      state: { type: 'string', enum: approvalStates },
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', format: 'uuid' },
    },
  },
};
