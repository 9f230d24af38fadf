import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ExchangeError } from '../http/exchange-errors.ts';
import { type LiveTrust, partnerOf, type TlsTrust } from './live-trust.ts';
import { presentedBy } from './partner-socket.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Id of the link whose partner's certificate the connection bears; null on a listener without TLS. */
    partnerLink: string | null;
  }
}

type Partner = ReturnType<typeof partnerOf>;

/**
 * Every request, of whatever path, must come from a partner: 401 before its body is read, and the connection is
 * closed. Who it is was proved in the handshake; it is looked up once for each connection, and again after the
 * trust was replaced.
 */
export function requirePartner(server: FastifyInstance, trust: LiveTrust | undefined): void {
  server.decorateRequest('partnerLink', null);
  if (!trust) return;
  const known = new WeakMap<Socket, { trust: TlsTrust; partner: Partner }>();
  server.addHook('onRequest', async (request, reply) => {
    const partner = lookUp(request, trust, known);
    if ('link' in partner) {
      request.partnerLink = partner.link;
      return;
    }
    request.log.warn({ from: request.ip, reason: partner.reason }, 'exchange: not a partner');
    reply.header('connection', 'close');
    // A 401 names a challenge (RFC 9110, 15.5.2); what is missing here is a certificate, for which HTTP has no scheme.
    reply.header('www-authenticate', 'Bearer realm="mra"');
    throw new ExchangeError(
      401,
      'authentication_failed',
      'the certificate of this connection is not that of a partner',
    );
  });
}

function lookUp(
  request: FastifyRequest,
  { current, seen }: LiveTrust,
  known: WeakMap<Socket, { trust: TlsTrust; partner: Partner }>,
): Partner {
  const socket = request.raw.socket;
  const earlier = known.get(socket);
  if (earlier?.trust === current) return earlier.partner;
  const presented = presentedBy(socket);
  const partner = partnerOf(presented, current, new Date());
  if (presented && 'link' in partner) seen.set(partner.link, presented.leaf);
  known.set(socket, { trust: current, partner });
  return partner;
}
