import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { ExchangeError } from '../http/exchange-errors.ts';
import type { Link } from '../links/link.ts';
import { callerLink } from './caller-link.ts';

export interface SsfRouteParts {
  /** Our issuer, to the letter as in our SETs. */
  issuer: string;
  links: ReadonlyMap<string, Link>;
  /** Sends the verification event with that state to the partner; what comes of it is the log's affair. */
  sendVerification(link: Link, state: string | undefined): void;
}

/** A partner that asks more often is told to wait (SSF 1.0, 8.1.1, min_verification_interval). */
const VERIFICATION_INTERVAL_MS = 5_000;
const STATE_LENGTH_MAX = 1_024;

/**
 * Discovery and test of the OpenID Shared Signals Framework 1.0. There is one stream for each partner, agreed out of
 * band and named by the partner's issuer; so there is no endpoint to make streams or to choose subjects.
 */
export function addSsfRoutes(app: FastifyInstance, { issuer, links, sendVerification }: SsfRouteParts): void {
  app.get('/.well-known/ssf-configuration', async (request) => {
    const base = baseOf(request);
    return {
      spec_version: '1_0',
      issuer,
      jwks_uri: `${base}/.well-known/jwks.json`,
      delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
      verification_endpoint: `${base}/exchange/verification`,
      default_subjects: 'ALL',
    };
  });

  const last = new Map<string, number>();
  app.post('/exchange/verification', async (request, reply) => {
    const link = callerLink(request, links);
    const { stream_id: stream, state } = isJsonObject(request.body) ? request.body : {};
    if (typeof stream !== 'string' || (state !== undefined && !isState(state))) {
      throw new ExchangeError(
        400,
        'invalid_request',
        'the body must be {"stream_id": text, "state"?: text of at most 1,024 characters}',
      );
    }
    if (stream !== link.issuer) {
      throw new ExchangeError(404, 'not_found', 'your stream is named by your issuer; there is no other');
    }
    const now = performance.now();
    if (now - (last.get(link.id) ?? Number.NEGATIVE_INFINITY) < VERIFICATION_INTERVAL_MS) {
      reply.header('retry-after', VERIFICATION_INTERVAL_MS / 1_000);
      throw new ExchangeError(429, 'rate_limited', 'ask for one verification at a time');
    }
    last.set(link.id, now);
    sendVerification(link, state);
    return reply.code(204).send();
  });
}

function isState(state: unknown): state is string {
  return typeof state === 'string' && state.length <= STATE_LENGTH_MAX;
}

/** As the caller reached us: an address behind a balancer is not known here. */
function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}
