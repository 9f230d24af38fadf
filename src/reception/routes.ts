import type { FastifyInstance, FastifyReply } from 'fastify';
import { CONTRACT_EDITION } from '../contract/edition.ts';
import type { Link } from '../links/link.ts';
import { callerLink } from './caller-link.ts';
import { firstSet, readPush } from './read-push.ts';
import { receiveEvent } from './receive-event.ts';
import { type ReceptionParts, receiveSets } from './receive-sets.ts';

export interface ReceptionRouteParts extends ReceptionParts {
  links: ReadonlyMap<string, Link>;
  /** Public keys of ours, for `/.well-known/jwks.json`. */
  jwks(): object;
}

/** What the partner's systems may call. Errors here are RFC 8935's `{err, description}`, in English. */
export function addExchangeRoutes(app: FastifyInstance, parts: ReceptionRouteParts): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('mra-edition', CONTRACT_EDITION);
    reply.header('mra-time', Date.now());
  });

  app.post('/exchange/sets', async (request, reply) => {
    const link = callerLink(request, parts.links, firstSet(request.body));
    const sets = readPush(request.body, link);
    if ('status' in sets) return refuse(reply, sets.status, sets.err, sets.description);
    return reply.code(202).send(await receiveSets(parts, link, sets));
  });

  app.post('/exchange/events', async (request, reply) => {
    const jws = request.body;
    // A JSON text is a string as well, and is none.
    if (typeof jws !== 'string' || !SET_TYPE.test(request.headers['content-type'] ?? ''))
      return refuse(reply, 400, 'invalid_request', 'the body must be one compact JWS');
    const error = await receiveEvent(parts, callerLink(request, parts.links, jws), jws);
    return error ? refuse(reply, 400, error.err, error.description) : reply.code(202).send();
  });

  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply.type('application/jwk-set+json').send(parts.jwks()),
  );
}

const SET_TYPE = /^application\/secevent\+jwt *(;|$)/i;

function refuse(reply: FastifyReply, status: number, err: string, description: string): FastifyReply {
  return reply.code(status).header('content-language', 'en').send({ err, description });
}
