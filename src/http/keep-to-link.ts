import type { FastifyRequest } from 'fastify';
import type { Principal } from '../access/tokens.ts';
import { Problem } from './problem.ts';

/**
 * How a route keeps to the link of a token that is bound to one. `query`: by `?link=`, which is filled in where it is
 * left out. `path`: the link is the parameter `link`, or `id` of a path `/links/:id`. `route`: the route looks itself,
 * because the link is in the body or that of the thing asked for. `none`: nothing of a link is read or changed.
 */
export type LinkBound = 'query' | 'path' | 'route' | 'none';

/**
 * Keeps a token that is bound to a link to it. A route that does not say how is refused to such tokens, so that one
 * which forgets gives nothing away.
 *
 * @throws Problem `link-forbidden`
 */
export function keepToLink(request: FastifyRequest, { link: bound }: Principal): void {
  if (bound === undefined) return;
  switch (request.routeOptions.config.link) {
    case 'none':
    case 'route':
      return;
    case 'query': {
      const query = request.query as Record<string, unknown>;
      query.link ??= bound;
      if (query.link !== bound) throw forbidden(bound);
      return;
    }
    case 'path': {
      const { link, id } = request.params as Record<string, unknown>;
      if ((link ?? id) !== bound) throw forbidden(bound);
      return;
    }
    default:
      throw new Problem('link-forbidden', {
        detail: `This token is for the link ${bound} only, and this call is about all of them.`,
      });
  }
}

/** For a route whose link stands in its body or in what it found. @throws Problem `link-forbidden` */
export function assertLink(principal: Principal, link: string): void {
  if (principal.link !== undefined && principal.link !== link) throw forbidden(principal.link);
}

function forbidden(bound: string): Problem {
  return new Problem('link-forbidden', { detail: `This token is for the link ${bound} only.` });
}
