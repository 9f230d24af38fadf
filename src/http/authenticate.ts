import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AccessError } from '../access/access-error.ts';
import { isPurpose, type Purpose, purposes } from '../access/purposes.ts';
import type { TokenReader } from '../access/read-token.ts';
import type { Scope } from '../access/roles.ts';
import type { Sessions, SessionUse } from '../access/sessions.ts';
import type { Principal } from '../access/tokens.ts';
import { keepToLink, type LinkBound } from './keep-to-link.ts';
import { Problem } from './problem.ts';
import type { RequestLimit } from './request-rate.ts';
import { assertOwnPage, sessionSecretOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null before authentication and on open routes. */
    principal: Principal | null;
    /** What for; null unless the request or its token says it. */
    purpose: Purpose | null;
    /** Whether what it was authenticated with still is in force; null where none is needed. For what stays open. */
    stillValid: (() => Promise<boolean>) | null;
  }
  interface FastifyContextConfig {
    /** What a token must allow to call this route; `any`: it must only be valid. */
    scope?: Scope | 'any';
    /** The route reads partner data: the request must say, or its token, what for. */
    purpose?: boolean;
    /** How the route keeps a token to its link; absent: such a token is refused. See keep-to-link.ts. */
    link?: LinkBound;
    /** Asked for by pages without anybody before them: it keeps no session alive. */
    unattended?: boolean;
  }
}

const REALM = 'Bearer realm="mra"';

export interface AuthenticationOptions {
  /** Sessions of browsers; absent: none are taken. */
  sessions?: Sessions;
  /** Of a principal; absent: as fast as it likes. */
  rate?: RequestLimit;
  /** Of an address from which no valid token comes; absent: as often as it likes. */
  failures?: RequestLimit;
}

/**
 * Every route added to this server (or scope of one) from here on needs a token and must name its `config.scope`;
 * one that does not is refused when it is added. All is checked before the body is read.
 */
export function requireTokens(
  server: FastifyInstance,
  tokens: TokenReader,
  options: AuthenticationOptions = {},
): void {
  server.addHook('onRoute', ({ config, method, url }) => {
    if (!config?.scope) throw new Error(`the route ${[method].flat().join(',')} ${url} names no scope`);
  });
  server.addHook('onRequest', async (request) => {
    const { scope, purpose } = request.routeOptions.config;
    if (!scope) return;
    const principal = await authenticate(request, tokens, options);
    request.principal = principal;
    request.stillValid = () => isStillValid(request, tokens, options);
    await options.rate?.(request, principal.id);
    if (scope !== 'any') requireScope(principal, scope);
    keepToLink(request, principal);
    request.purpose = readPurpose(request, principal);
    if (purpose) purposeOf(request);
  });
}

/** Declares the members that requireTokens fills. */
export function decoratePrincipal(server: FastifyInstance): void {
  if (server.hasRequestDecorator('principal')) return;
  server.decorateRequest('principal', null);
  server.decorateRequest('purpose', null);
  server.decorateRequest('stillValid', null);
}

async function authenticate(
  request: FastifyRequest,
  tokens: TokenReader,
  { sessions, failures }: AuthenticationOptions,
): Promise<Principal> {
  const header = request.headers.authorization;
  const secret = header === undefined && sessions ? sessionSecretOf(request) : undefined;
  try {
    if (sessions && secret !== undefined) return await readSession(request, sessions, secret);
    return await readToken(header, tokens);
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthenticated') {
      request.log.info(
        { from: request.ip, by: secret === undefined ? 'token' : 'session' },
        'not authenticated',
      );
      await failures?.(request, request.ip);
    }
    throw error;
  }
}

async function readToken(header: string | undefined, tokens: TokenReader): Promise<Principal> {
  if (header === undefined) throw unauthenticated('Send Authorization: Bearer with an access token.', REALM);
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  const principal = token === undefined ? undefined : await readOrExplain(tokens, token);
  // Unknown, expired and revoked look the same to whoever holds it.
  if (!principal)
    throw unauthenticated(
      'The access token is not valid (any more). Ask for a new one.',
      `${REALM}, error="invalid_token"`,
    );
  return principal;
}

async function readOrExplain(tokens: TokenReader, token: string): Promise<Principal | undefined> {
  try {
    return await tokens.read(token);
  } catch (cause) {
    if (!(cause instanceof AccessError)) throw cause;
    throw new Problem('unavailable', { detail: cause.message, cause });
  }
}

async function readSession(request: FastifyRequest, sessions: Sessions, secret: string): Promise<Principal> {
  const found = await sessions.read(secret, new Date(), useOf(request));
  if (!found) throw unauthenticated('The session is over. Log in again.', REALM);
  assertOwnPage(request, secret);
  return found.principal;
}

/** A page says when it asks by itself; whoever says so without need only ends a session of their own. */
function useOf(request: FastifyRequest): SessionUse {
  const { unattended } = request.routeOptions.config;
  return unattended || request.headers['mra-unattended'] !== undefined ? 'unattended' : 'attended';
}

async function isStillValid(
  request: FastifyRequest,
  tokens: TokenReader,
  { sessions }: AuthenticationOptions,
): Promise<boolean> {
  const { authorization } = request.headers;
  const secret = authorization === undefined ? sessionSecretOf(request) : undefined;
  if (sessions && secret !== undefined)
    return (await sessions.read(secret, new Date(), 'unattended')) !== undefined;
  return readToken(authorization, tokens).then(
    () => true,
    () => false,
  );
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

function readPurpose(request: FastifyRequest, principal: Principal): Purpose | null {
  const purpose = request.headers['data-purpose'] ?? principal.purpose;
  if (purpose === undefined) return null;
  if (typeof purpose === 'string' && isPurpose(purpose)) return purpose;
  throw new Problem('purpose-unknown', { detail: `Data-Purpose must be one of ${purposes.join(', ')}.` });
}

/** Who asks, on a route that needs a token. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error(`${request.routeOptions.url} does not require a token`);
  return request.principal;
}

/**
 * What for. A route that always answers with partner data says `config.purpose`; one that does now and then asks here
 * before it does.
 *
 * @throws Problem `purpose-missing`
 */
export function purposeOf(request: FastifyRequest): Purpose {
  if (request.purpose) return request.purpose;
  throw new Problem('purpose-missing', {
    detail: `Partner data serve mutual recognition only: say what for in Data-Purpose, one of ${purposes.join(', ')}.`,
  });
}
