import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ReadLog } from '../access/record-reads.ts';
import { isJsonObject, type JsonLimits } from '../envelope/parse-strict-json.ts';
import { principalOf, purposeOf } from '../http/authenticate.ts';
import { type Answer, idempotencyOf, jsonAnswer, sendAnswer, withIdempotency } from '../http/idempotency.ts';
import { Problem, type ProblemDocument, problemDocument } from '../http/problem.ts';
import type { NdjsonLine } from '../http/read-body.ts';
import type { Database, Transaction } from '../store/database.ts';
import { followMessage, readOriginal } from './follow-message.ts';
import type { Intake } from './intake/admit-intake.ts';
import { addMessageList } from './list-routes.ts';
import { DATA_BYTES_MAX, type Submitter } from './read-submission.ts';
import { batchSchema, followSchema, originalSchema, submitSchema } from './route-schemas.ts';
import { type Accepted, BatchRefused, type Outcome, type Refusal } from './submission.ts';
import {
  BATCH_MESSAGES_MAX,
  messagesPerLink,
  type ReadSubmissions,
  readSubmissions,
  type SubmittingParts,
  submitMessages,
} from './submit-messages.ts';

export interface SubmissionRouteParts extends SubmittingParts {
  database: Database;
  intake: Intake;
  /** The bytes of a message of the partner's are partner data. */
  reads: Pick<ReadLog, 'record'>;
  /** Told after the commit which subjects have something to deliver. */
  onAccepted(accepted: readonly AcceptedRef[]): void;
  /** Throws the problem to answer with where one of these links takes nothing now. */
  assertOpen(links: Iterable<string>): void;
}

/** `data` and its few companions; the exact limit of `data` is told with a pointer. */
const MESSAGE_BYTES_MAX = DATA_BYTES_MAX + 65_536;
const BATCH_BYTES_MAX = 16 * 1024 * 1024;
/** 1,000 messages of a few hundred members each. */
const BATCH_LIMITS: JsonLimits = { depthMax: 34, membersMax: 2_000_000 };

/** How a back end submits messages and follows them. */
export function addSubmissionRoutes(app: FastifyInstance, parts: SubmissionRouteParts): void {
  app.post(
    '/v1/messages',
    {
      bodyLimit: MESSAGE_BYTES_MAX,
      config: { scope: 'messages:submit', link: 'route' },
      schema: submitSchema,
    },
    async (request, reply) => {
      const [outcome, answer] = await submitOne(parts, request);
      if (outcome) parts.onAccepted([outcome]);
      return sendAnswer(reply, answer);
    },
  );

  app.post<{ Querystring: { atomic: boolean } }>(
    '/v1/messages/batch',
    {
      bodyLimit: BATCH_BYTES_MAX,
      config: { scope: 'messages:submit', link: 'route', ndjson: true, json: BATCH_LIMITS },
      schema: batchSchema,
    },
    async (request, reply) => {
      const { accepted, answer } = await submitBatch(parts, request, request.query.atomic);
      parts.onAccepted(accepted);
      return sendAnswer(reply, answer);
    },
  );

  addMessageList(app, parts);

  app.get<{ Params: { id: string } }>(
    '/v1/messages/:id',
    { config: { scope: 'messages:read', link: 'route' }, schema: followSchema },
    async (request) => {
      const message = await followMessage(parts.database, request.params.id);
      if (!message || !mayUse(request, message.link)) throw unknownMessage(request.params.id);
      return { ...message, sha256: message.sha256.toString('base64url') };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/messages/:id/set',
    { config: { scope: 'messages:read', link: 'route' }, schema: originalSchema },
    async (request, reply) => {
      const original = await readOriginal(parts.database, request.params.id);
      if (!original || !mayUse(request, original.link)) throw unknownMessage(request.params.id);
      if (original.jws === null)
        throw new Problem('not-found', { detail: 'The bytes of this message were erased.' });
      if (original.direction === 'in') {
        const principal = principalOf(request).name;
        const ids = [request.params.id];
        parts.reads.record({ principal, purpose: purposeOf(request), what: 'message', ids });
      }
      return reply.type('application/secevent+jwt').serializer(String).send(original.jws);
    },
  );
}

type AcceptedRef = Pick<Accepted, 'id' | 'link' | 'subject' | 'urgent'>;

async function submitOne(
  parts: SubmissionRouteParts,
  request: FastifyRequest,
): Promise<[AcceptedRef | undefined, Answer]> {
  const now = new Date();
  const read = readSubmissions(parts, [request.body], submitterOf(request), now);
  parts.assertOpen(messagesPerLink(read).keys());
  const idempotency = idempotencyOf(request);
  let accepted: AcceptedRef | undefined;
  const answer = await acceptInTurn(parts, read, (tx) =>
    withIdempotency(tx, idempotency, async () => {
      const [outcome] = await submitMessages(tx, parts, read, {
        atomic: false,
        principal: principalOf(request).name,
        now,
      });
      // Thrown, so that the transaction leaves nothing behind.
      if (!outcome || 'refused' in outcome) throw problemOfRefusal(outcome?.refused);
      accepted = outcome.accepted;
      const location = `/v1/messages/${outcome.accepted.id}`;
      return jsonAnswer(202, { ...outcome.accepted, state: 'accepted' }, { location });
    }),
  );
  return [accepted, answer];
}

/** A deadlock should not happen; if one does, the loser starts over. */
const CONFLICT_RETRIES = 3;

/** Runs the accepting transaction when intake lets it in. */
function acceptInTurn(
  { intake, database }: SubmissionRouteParts,
  read: ReadSubmissions,
  accept: (tx: Transaction) => Promise<Answer>,
): Promise<Answer> {
  return intake.admit(messagesPerLink(read), () =>
    database.transaction(accept, { retries: CONFLICT_RETRIES }),
  );
}

async function submitBatch(
  parts: SubmissionRouteParts,
  request: FastifyRequest,
  atomic: boolean,
): Promise<{ accepted: readonly AcceptedRef[]; answer: Answer }> {
  const now = new Date();
  const bodies = batchBodies(request.body);
  const read = readSubmissions(parts, bodies, submitterOf(request), now);
  parts.assertOpen(messagesPerLink(read).keys());
  const idempotency = idempotencyOf(request);
  let accepted: AcceptedRef[] = [];
  try {
    const answer = await acceptInTurn(parts, read, (tx) =>
      withIdempotency(tx, idempotency, async () => {
        const outcomes = await submitMessages(tx, parts, read, {
          atomic,
          principal: principalOf(request).name,
          now,
        });
        accepted = outcomes.flatMap((o) => ('accepted' in o ? [o.accepted] : []));
        return jsonAnswer(200, batchAnswer(outcomes));
      }),
    );
    return { accepted, answer };
  } catch (error) {
    if (!(error instanceof BatchRefused)) throw error;
    throw new Problem('batch-refused', {
      detail:
        'Nothing of the batch was accepted, because it was to be accepted as a whole. The results name the faults.',
      more: batchAnswer(error.outcomes),
    });
  }
}

function submitterOf(request: FastifyRequest): Submitter {
  const { name, link } = principalOf(request);
  return { name, ...(link === undefined ? {} : { link }) };
}

/** A line of NDJSON that is not JSON spoils only itself: its fault stands in its place. */
function batchBodies(body: unknown): unknown[] {
  const bodies = Array.isArray(body) ? body.map(lineValue) : isJsonObject(body) ? body.messages : undefined;
  if (!Array.isArray(bodies)) {
    throw new Problem('malformed', {
      detail: 'A batch is {"messages": […]}, or one message a line as application/x-ndjson.',
      errors: [{ pointer: '/messages', code: 'missing-member', message: 'must be a list of messages' }],
    });
  }
  if (bodies.length > BATCH_MESSAGES_MAX) {
    throw new Problem('too-large', {
      detail: `The batch holds ${bodies.length} messages; at most ${BATCH_MESSAGES_MAX} are taken at once.`,
      errors: [
        {
          pointer: '/messages',
          code: 'too-many',
          message: `must hold at most ${BATCH_MESSAGES_MAX} messages`,
        },
      ],
    });
  }
  return bodies;
}

function lineValue(line: NdjsonLine): unknown {
  return 'value' in line ? line.value : line.fault;
}

function batchAnswer(outcomes: readonly Outcome[]): { accepted: number; refused: number; results: object[] } {
  const results = outcomes.map((outcome, index) =>
    'accepted' in outcome
      ? {
          index,
          id: outcome.accepted.id,
          version: outcome.accepted.version,
          warnings: outcome.accepted.warnings,
        }
      : { index, problem: documentOfRefusal(outcome.refused) },
  );
  const accepted = outcomes.filter((o) => 'accepted' in o).length;
  return { accepted, refused: outcomes.length - accepted, results };
}

function documentOfRefusal(refusal: Refusal): ProblemDocument {
  return problemDocument(problemOfRefusal(refusal));
}

function problemOfRefusal(refusal: Refusal | undefined): Problem {
  if (!refusal) throw new Error('submission gave no outcome');
  return new Problem(refusal.code, { detail: refusal.detail, errors: refusal.errors });
}

/** A token that is bound to a link does not learn what goes over the others. */
function mayUse(request: FastifyRequest, link: string): boolean {
  const bound = principalOf(request).link;
  return bound === undefined || bound === link;
}

function unknownMessage(id: string): Problem {
  return new Problem('not-found', { detail: `There is no message ${id}.` });
}
