import type { FastifyRequest } from 'fastify';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';

/**
 * The link that a read is about: the one asked for, or the one that the token is bound to.
 *
 * @throws Problem link-forbidden where a bound token asks for another one
 */
export function askedLink(request: FastifyRequest, asked: string | undefined): string | undefined {
  const bound = principalOf(request).link;
  if (bound !== undefined && asked !== undefined && asked !== bound) {
    throw new Problem('link-forbidden', { detail: `This token is for the link ${bound} only.` });
  }
  return asked ?? bound;
}
