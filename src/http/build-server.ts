import type { RequestListener } from 'node:http';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { newMessageId } from '../envelope/message-id.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import { tlsServer } from '../tls/tls-server.ts';
import { answerProblem, problemErrors } from './answer-problems.ts';
import { decoratePrincipal } from './authenticate.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { closeInTime } from './close-in-time.ts';
import { exchangeErrors } from './exchange-errors.ts';
import { problemOf } from './problem-of.ts';
import { readBodies, readSetBodies } from './read-body.ts';
import { readOffBodies } from './read-off.ts';
import { CONNECTIONS_MAX, limitSockets, serverTimeouts } from './socket-limits.ts';
import { validateRequests } from './validate-request.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Aborted when the server begins to stop: what waits (a long poll) answers now. */
    readonly closing: AbortSignal;
  }
}

export interface ServerOptions {
  /** Own systems and operators get problem details, the partner gets RFC 8935's errors. */
  listener: 'internal' | 'exchange';
  /** See create-log.ts. */
  log: FastifyBaseLogger;
  /** Speak TLS with this trust; plain HTTP without. */
  tls?: LiveTrust | undefined;
  /** Aborted when nothing new is to be taken any more, some time before `close()`. */
  stopping?: AbortSignal | undefined;
  /** For a route that names no `bodyLimit`; 1 MiB unless told. */
  bodyBytesMax?: number;
  /** Open at once; 2,000 unless told. */
  connectionsMax?: number;
}

/**
 * A server without routes: strict bodies with their bytes kept, one place for errors, request ids, a line of log
 * per request. `close()` lets requests under way finish; new ones get a 503, from `stopping` on.
 */
export function buildServer(options: ServerOptions): FastifyInstance {
  const { tls } = options;
  const server = fastify({
    ...(tls ? { serverFactory: (handler: RequestListener) => tlsServer(tls, handler) } : {}),
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newMessageId,
    requestIdHeader: false,
    bodyLimit: options.bodyBytesMax ?? 1024 * 1024,
    ...serverTimeouts,
    forceCloseConnections: 'idle',
    // Our own says when to come again.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512, querystringParser: readQuery },
    frameworkErrors: (error, request, reply) =>
      void answerProblem(problemOf(error), request as FastifyRequest, reply as FastifyReply),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, options.listener),
  });
  limitSockets(server, options.connectionsMax ?? CONNECTIONS_MAX);
  decoratePrincipal(server);
  readBodies(server);
  readOffBodies(server);
  validateRequests(server);
  if (options.listener === 'internal') {
    problemErrors(server);
  } else {
    readSetBodies(server);
    exchangeErrors(server);
  }
  addStandardHeaders(server);
  closeInTime(server, options.stopping);
  logRequests(server);
  return server;
}

/** A parameter that comes twice is a list, which a route's schema refuses unless it asks for one. */
function readQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = Object.create(null);
  const parameters = new URLSearchParams(text);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length === 1 ? values[0] : values;
  }
  return query;
}

/**
 * Answers hold data about enterprises: nothing on the way keeps them, and a browser that opens one by itself runs and
 * frames nothing. A page of ours replaces the policy by its own.
 */
const STANDARD_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  // Browsers heed it only over TLS.
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

function addStandardHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...STANDARD_HEADERS, 'request-id': request.id });
  });
}

/** The path without its query, which may hold names; never a header or a body. */
function logRequests(server: FastifyInstance): void {
  server.addHook('onResponse', async (request, reply) => {
    const line = {
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      principal: request.principal?.name,
    };
    if (request.method === 'GET' && reply.statusCode < 400) request.log.debug(line, 'answered');
    else request.log.info(line, 'answered');
  });
}
