import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SetError } from '../envelope/set-error.ts';
import { allowedMethods } from './allowed-methods.ts';
import { logProblem, notFound } from './answer-problems.ts';
import type { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';
import type { ProblemCode } from './problems.ts';

/** The body of an error on the exchange listener (RFC 8935, section 2.3). */
export interface ExchangeErrorBody {
  err: string;
  description: string;
}

/** What an exchange route throws to answer with `{err, description}`. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly status: number;
  readonly err: string;
  readonly description: string;

  constructor(status: number, err: string, description: string) {
    super(`${err}: ${description}`);
    this.status = status;
    this.err = err;
    this.description = description;
  }
}

/** Every error of the exchange listener becomes `{err, description}` here, in English. */
export function exchangeErrors(server: FastifyInstance): void {
  const methodsOf = allowedMethods(server);
  server.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  server.setNotFoundHandler((request, reply) => answerError(notFound(request, methodsOf), request, reply));
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ExchangeError) return send(reply, error.status, error);
  // RFC 8935: whatever is wrong with the SET is a 400.
  if (error instanceof SetError) return send(reply, 400, { err: error.code, description: error.description });
  const problem = problemOf(error);
  logProblem(problem, request);
  reply.headers(problem.headers);
  return send(reply, problem.status, exchangeErrorBody(problem));
}

/** The words of RFC 8935 for a problem. */
export function exchangeErrorBody(problem: Problem): ExchangeErrorBody {
  return { err: errOf(problem), description: descriptionOf(problem) };
}

function send(reply: FastifyReply, status: number, { err, description }: ExchangeErrorBody): FastifyReply {
  return reply
    .code(status)
    .header('content-language', 'en')
    .type('application/json')
    .serializer(JSON.stringify)
    .send({ err, description });
}

/** RFC 8935's registry has no words for what HTTP itself refuses; the sender goes by the status there. */
const ERRS: Partial<Record<ProblemCode, string>> = {
  malformed: 'invalid_request',
  'unsupported-media-type': 'invalid_request',
  'too-large': 'too_many_sets',
  'not-found': 'not_found',
  'method-not-allowed': 'method_not_allowed',
  unauthenticated: 'authentication_failed',
  'scope-missing': 'access_denied',
  'rate-limited': 'rate_limited',
  internal: 'internal_error',
};

function errOf(problem: Problem): string {
  return ERRS[problem.code] ?? (problem.status >= 500 ? 'temporarily_unavailable' : 'invalid_request');
}

function descriptionOf(problem: Problem): string {
  if (problem.status >= 500) return 'The gateway cannot answer now. Send the same again later.';
  return problem.detail ?? problem.message;
}
