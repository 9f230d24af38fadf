import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isPurpose, type Purpose, purposes } from '../access/purposes.ts';
import type { TokenReader } from '../access/read-token.ts';
import type { Scope } from '../access/roles.ts';
import { isTokenShaped, type Principal } from '../access/tokens.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null before authentication and on open routes. */
    principal: Principal | null;
    /** What for; null unless the route asks for it. */
    purpose: Purpose | null;
  }
  interface FastifyContextConfig {
    /** What a token must allow to call this route. */
    scope?: Scope;
    /** The route reads partner data: the request must say, or its token, what for. */
    purpose?: boolean;
  }
}

const REALM = 'Bearer realm="mra"';

/**
 * Every route added to this server (or scope of one) from here on needs a token and must name its `config.scope`;
 * one that does not is refused when it is added. All is checked before the body is read.
 */
export function requireTokens(server: FastifyInstance, tokens: TokenReader): void {
  server.addHook('onRoute', ({ config, method, url }) => {
    if (!config?.scope) throw new Error(`the route ${[method].flat().join(',')} ${url} names no scope`);
  });
  server.addHook('onRequest', async (request) => {
    const { scope, purpose } = request.routeOptions.config;
    if (!scope) return;
    request.principal = await authenticate(request, tokens);
    requireScope(request.principal, scope);
    if (purpose) request.purpose = readPurpose(request, request.principal);
  });
}

/** Declares the members that requireTokens fills. */
export function decoratePrincipal(server: FastifyInstance): void {
  if (server.hasRequestDecorator('principal')) return;
  server.decorateRequest('principal', null);
  server.decorateRequest('purpose', null);
}

async function authenticate(request: FastifyRequest, tokens: TokenReader): Promise<Principal> {
  const header = request.headers.authorization;
  if (header === undefined) throw unauthenticated('Send Authorization: Bearer with an access token.', REALM);
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  const principal = token !== undefined && isTokenShaped(token) ? await tokens.read(token) : undefined;
  // Unknown, expired and revoked look the same to whoever holds it.
  if (!principal)
    throw unauthenticated(
      'The access token is not valid (any more). Ask for a new one.',
      `${REALM}, error="invalid_token"`,
    );
  return principal;
}

function unauthenticated(detail: string, challenge: string): Problem {
  return new Problem('unauthenticated', { detail, headers: { 'www-authenticate': challenge } });
}

/** @throws Problem `scope-missing`, which names the scope (RFC 6750, section 3.1) */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new Problem('scope-missing', {
    detail: `This needs the scope ${scope}, which the token of ${principal.name} does not have.`,
    headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
  });
}

function readPurpose(request: FastifyRequest, principal: Principal): Purpose {
  const header = request.headers['data-purpose'];
  const purpose = header ?? principal.purpose;
  if (purpose === undefined) {
    throw new Problem('purpose-missing', {
      detail: `Partner data serve mutual recognition only: say what for in Data-Purpose, one of ${purposes.join(', ')}.`,
    });
  }
  if (typeof purpose === 'string' && isPurpose(purpose)) return purpose;
  throw new Problem('purpose-unknown', { detail: `Data-Purpose must be one of ${purposes.join(', ')}.` });
}

/** Who asks, on a route that needs a token. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error(`${request.routeOptions.url} does not require a token`);
  return request.principal;
}

/** What for, on a route with `config.purpose`. */
export function purposeOf(request: FastifyRequest): Purpose {
  if (!request.purpose) throw new Error(`${request.routeOptions.url} does not require a purpose`);
  return request.purpose;
}
