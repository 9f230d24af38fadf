import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import { clearSessionCookie, sessionSecretOf, setSessionCookie } from '../http/session-cookie.ts';
import { sessionIdOf } from './list-sessions.ts';
import { csrfTokenOf, hashSecret, SESSION_IDLE_MS_MAX, type Sessions } from './sessions.ts';

const config = { scope: 'any', link: 'none' } as const;

/**
 * Sessions of browsers: a token, ours or the identity provider's, is shown once and exchanged for a cookie that
 * scripts cannot read.
 */
export function addSessionRoutes(app: FastifyInstance, sessions: Sessions): void {
  app.post(
    '/v1/session',
    {
      config,
      schema: {
        tags: ['session'],
        summary: 'Open a session for a browser',
        description:
          'Send the access token as Authorization. The answer sets an HttpOnly cookie; changes made with it also need the `csrf` of the answer as `X-CSRF-Token`.',
      },
    },
    async (request, reply) => {
      if (request.headers.authorization === undefined) {
        throw new Problem('unauthenticated', {
          detail: 'A session is opened with an access token, not with another session.',
          headers: { 'www-authenticate': 'Bearer realm="mra"' },
        });
      }
      const now = new Date();
      const { secret, expiresAt } = await sessions.open(principalOf(request), now);
      setSessionCookie(reply, secret, expiresAt, now);
      return reply.code(201).send(describe(request, secret, expiresAt));
    },
  );

  app.get(
    '/v1/session',
    { config, schema: { tags: ['session'], summary: 'Who is logged in, and until when' } },
    async (request) => {
      const secret = ownSecret(request);
      const found = await sessions.read(secret, new Date());
      return describe(request, secret, found?.expiresAt ?? new Date());
    },
  );

  // Who may end others' tokens sees everybody's sessions, everybody else their own.
  const bound = (request: FastifyRequest): string | undefined => {
    const { scopes, name } = principalOf(request);
    return scopes.has('access') ? undefined : name;
  };

  app.get('/v1/ops/sessions', { config, schema: listSchema }, async (request) => {
    const secret = request.headers.authorization === undefined ? sessionSecretOf(request) : undefined;
    const own = secret === undefined ? undefined : sessionIdOf(hashSecret(secret));
    const items = await sessions.list(new Date(), bound(request));
    return { items: items.map((session) => ({ ...session, own: session.id === own })), next: null };
  });

  app.delete<{ Params: { id: string } }>(
    '/v1/ops/sessions/:id',
    { config, schema: endSchema },
    async (request, reply): Promise<FastifyReply> => {
      const { id } = request.params;
      const by = principalOf(request).name;
      if (await sessions.end(id, bound(request), by, new Date())) return reply.code(204).send();
      throw new Problem('not-found', { detail: `There is no session ${id}.` });
    },
  );

  app.delete<{ Querystring: { name: string } }>(
    '/v1/ops/sessions',
    { config: { scope: 'access' }, schema: closeAllSchema },
    async (request) => {
      const by = principalOf(request).name;
      return { closed: await sessions.closeAllOf(request.query.name, by, new Date()) };
    },
  );

  app.delete(
    '/v1/session',
    { config, schema: { tags: ['session'], summary: 'Log out' } },
    async (request, reply): Promise<FastifyReply> => {
      await sessions.close(ownSecret(request), principalOf(request), new Date());
      clearSessionCookie(reply);
      reply.header('clear-site-data', '"cache"');
      return reply.code(204).send();
    },
  );
}

function ownSecret(request: FastifyRequest): string {
  const secret = request.headers.authorization === undefined ? sessionSecretOf(request) : undefined;
  if (secret === undefined) {
    throw new Problem('not-found', { detail: 'This request bears no session. POST /v1/session opens one.' });
  }
  return secret;
}

function describe(request: FastifyRequest, secret: string, expiresAt: Date): object {
  const { name, role, scopes, link, purpose } = principalOf(request);
  return {
    name,
    role: role ?? null,
    scopes: [...scopes],
    link: link ?? null,
    purpose: purpose ?? null,
    csrf: csrfTokenOf(secret),
    expiresAt,
    idleSeconds: SESSION_IDLE_MS_MAX / 1000,
  };
}

const listSchema = {
  tags: ['access'],
  summary: 'Who is logged in: since when, last seen when (to the minute), until when',
  description: 'Of everybody with the scope access, of oneself without. `own` is the one that asks.',
};

const endSchema = {
  tags: ['access'],
  summary: 'End one session',
  params: { type: 'object', properties: { id: { type: 'string', pattern: '^[0-9a-f]{24}$' } } },
};

const closeAllSchema = {
  tags: ['access'],
  summary: 'Log somebody out everywhere',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: { name: { type: 'string', maxLength: 256, description: 'The principal, as in the logs' } },
  },
};
