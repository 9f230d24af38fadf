import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** A header must arrive in this time: it is one packet, or a few. */
export const HEADER_TIMEOUT_MS = 10_000;
/** A whole request must arrive in this time, however slowly it is sent: 16 MiB at 2.3 Mbit/s. */
export const REQUEST_TIMEOUT_MS = 60_000;
/** A connection on which nothing moves for so long is closed, also one whose answer nobody reads. Long polls take 30 s. */
export const SOCKET_TIMEOUT_MS = 120_000;
/** Longer than balancers keep an idle connection, so that they and not we close it under a request. */
export const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** How late a timeout may be noticed. */
const CHECK_INTERVAL_MS = 1_000;
/** Line and header fields together: an access token of the identity provider takes some 2 KiB. */
export const HEADER_BYTES_MAX = 16_384;
/** Header fields: proxies add a handful to the handful that clients send. */
export const HEADER_FIELDS_MAX = 100;
/** Connections open at once, unless told. */
export const CONNECTIONS_MAX = 2_000;

/** What a server must be told when it is made, plain or TLS. */
export const socketLimits = {
  connectionsCheckingInterval: CHECK_INTERVAL_MS,
  maxHeaderSize: HEADER_BYTES_MAX,
  headersTimeout: HEADER_TIMEOUT_MS,
} as const;

/** The same for a server that Fastify makes, a second one for another address of `localhost` included. */
export const serverTimeouts = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionTimeout: SOCKET_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  http: socketLimits,
} as const;

/** Node leaves out the fields beyond its own limit without a word, so ours is below it and is said. */
const NODE_HEADER_FIELDS_MAX = HEADER_FIELDS_MAX + 20;

/** Bounds times and connections, and header fields before anything is done with them. */
export function limitSockets(server: FastifyInstance, connectionsMax: number): void {
  server.server.headersTimeout = HEADER_TIMEOUT_MS;
  server.server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.server.timeout = SOCKET_TIMEOUT_MS;
  server.server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.server.maxConnections = connectionsMax;
  server.server.maxHeadersCount = NODE_HEADER_FIELDS_MAX;
  server.addHook('onRequest', async (request: FastifyRequest) => {
    const { rawHeaders } = request.raw;
    if (rawHeaders.length / 2 > HEADER_FIELDS_MAX) {
      throw new Problem('headers-too-large', { detail: `Send at most ${HEADER_FIELDS_MAX} header fields.` });
    }
    const twice = repeated(rawHeaders);
    if (twice) throw new Problem('malformed', { detail: `Send the header field ${twice} once.` });
  });
}

/** Of these Node keeps the first and a proxy may have gone by the last: whoever sends two hides something. */
const SINGLE_FIELDS = new Set(['host', 'authorization', 'content-type', 'content-encoding']);

/** @param rawHeaders names and values in turn */
function repeated(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (!SINGLE_FIELDS.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
