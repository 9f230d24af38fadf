import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { allowedMethods } from './allowed-methods.ts';
import { Problem, problemDocument } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** Every error of the internal listener becomes `application/problem+json` here. */
export function problemErrors(server: FastifyInstance): void {
  const methodsOf = allowedMethods(server);
  server.setErrorHandler((error, request, reply) => answerProblem(problemOf(error), request, reply));
  server.setNotFoundHandler((request, reply) => answerProblem(notFound(request, methodsOf), request, reply));
}

/** Names the occurrence in the answer and in the log alike. */
export function instanceOf(request: FastifyRequest): string {
  return `urn:uuid:${request.id}`;
}

export function answerProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  logProblem(problem, request);
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemDocument(problem, instanceOf(request)));
}

export function logProblem(problem: Problem, request: FastifyRequest): void {
  if (problem.status >= 500)
    request.log.error({ err: problem.cause ?? problem, code: problem.code }, 'request failed');
  else request.log.debug({ code: problem.code, detail: problem.detail }, 'request refused');
}

/** 404, or 405 where the path exists for another method. */
export function notFound(request: FastifyRequest, methodsOf: (path: string) => string[]): Problem {
  const path = request.url.split('?', 1)[0] ?? '';
  const methods = methodsOf(path);
  if (methods.length === 0) return new Problem('not-found', { detail: 'There is nothing at this path.' });
  const allow = methods.join(', ');
  return new Problem('method-not-allowed', { detail: `This path takes ${allow}.`, headers: { allow } });
}
