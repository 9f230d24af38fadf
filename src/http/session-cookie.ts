import type { FastifyReply, FastifyRequest } from 'fastify';
import { isCsrfToken } from '../access/sessions.ts';
import { Problem } from './problem.ts';

/** `__Host-`: a browser takes it only over TLS or from this machine, for this host alone (RFC 6265bis, 4.1.3.2). */
const COOKIE = '__Host-mra-session';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The secret in the cookie of a request; the first one counts where somebody sends two. */
export function sessionSecretOf(request: FastifyRequest): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, ...value] = pair.trim().split('=');
    if (name === COOKIE) return value.join('=');
  }
  return undefined;
}

export function setSessionCookie(reply: FastifyReply, secret: string, expiresAt: Date, now: Date): void {
  const seconds = Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 1000));
  reply.header('set-cookie', `${COOKIE}=${secret}; ${ATTRIBUTES}; Max-Age=${seconds}`);
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.header('set-cookie', `${COOKIE}=; ${ATTRIBUTES}; Max-Age=0`);
}

/**
 * A request with a session's cookie comes from a page of ours: SameSite keeps the cookie from others' pages, what the
 * browser says of the origin must fit, and whatever changes something bears the session's CSRF token.
 *
 * @throws Problem `csrf-refused`
 */
export function assertOwnPage(request: FastifyRequest, secret: string): void {
  const { origin, host, 'sec-fetch-site': site, 'x-csrf-token': token } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refused();
  if (origin !== undefined && URL.parse(origin)?.host !== host) throw refused();
  if (SAFE_METHODS.has(request.method)) return;
  if (typeof token !== 'string' || !isCsrfToken(secret, token)) throw refused();
}

function refused(): Problem {
  return new Problem('csrf-refused', {
    detail:
      'A request with a session cookie must come from a page of this gateway and bear the session’s X-CSRF-Token, which GET /v1/session gives.',
  });
}
