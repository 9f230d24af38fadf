import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { socketLimits } from '../http/socket-limits.ts';
import type { LiveTrust } from './live-trust.ts';
import { handshakeOptions } from './partner-socket.ts';

/** A client that does not finish its handshake in this time gives its connection back. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * An HTTPS server for partners: TLS 1.3 alone, and it asks for a certificate. It does not refuse one in the
 * handshake, where the peer would learn nothing but a reset: requirePartner answers instead. A replaced trust counts
 * from the next handshake on, while the server goes on.
 */
export function tlsServer(
  trust: LiveTrust,
  handler: RequestListener,
  handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS,
): Server {
  const server = createServer(
    {
      ...handshakeOptions(trust.current),
      ...socketLimits,
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: handshakeTimeoutMs,
    },
    handler,
  );
  // Before Node hands it to whoever answers broken requests: what is written waits for the handshake, without end.
  server.prependListener('tlsClientError', (_error, socket) => socket.destroy());
  trust.onReplaced(() => server.setSecureContext(handshakeOptions(trust.current)));
  return server;
}
