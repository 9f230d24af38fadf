import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** Counts a request under a key. @throws Problem `rate-limited`, with the seconds to wait */
export type RequestLimit = (request: FastifyRequest, key: string) => Promise<void>;

/** Bursts within this are nobody's concern; a rate is an average over it. */
const WINDOW_MS = 10_000;

const keyOf = new WeakMap<FastifyRequest, string>();

/** Must be awaited before requestLimit; counts are of one process. */
export async function countRequests(server: FastifyInstance): Promise<void> {
  await server.register(rateLimit, { global: false });
}

/** @param perSecond requests of one key, on average over ten seconds */
export function requestLimit(server: FastifyInstance, perSecond: number): RequestLimit {
  const count = server.createRateLimit({
    max: perSecond * (WINDOW_MS / 1000),
    timeWindow: WINDOW_MS,
    keyGenerator: (request) => keyOf.get(request) ?? request.ip,
  });
  return async (request, key) => {
    keyOf.set(request, key);
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    throw new Problem('rate-limited', {
      detail: `More than ${perSecond} requests a second, on average over ten. Wait, then go on more slowly.`,
      retryAfterSeconds: counted.ttlInSeconds,
    });
  };
}

/** Counts every request of this server under the address that it comes from, before anything of it is read. */
export async function limitAddresses(server: FastifyInstance, perSecond: number): Promise<void> {
  await countRequests(server);
  const limit = requestLimit(server, perSecond);
  server.addHook('onRequest', (request) => limit(request, request.ip));
}
