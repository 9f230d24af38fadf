import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Throws, or takes too long, when the part cannot do its work. */
export type ReadinessCheck = () => Promise<unknown>;

/** A balancer asks every few seconds; slower than this is not ready. */
const CHECK_TIMEOUT_MS = 2_000;

/** `/health/live`: the process answers. `/health/ready`: it can take work; 503 names the part that cannot. */
export function healthRoutes(
  server: FastifyInstance,
  checks: Readonly<Record<string, ReadinessCheck>>,
): void {
  server.get('/health/live', { schema: { summary: 'The process answers', tags: ['health'] } }, async () => ({
    status: 'live',
  }));
  server.get(
    '/health/ready',
    { schema: { summary: 'The gateway can take work', tags: ['health'] } },
    async (request, reply) => {
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
          const failure = await failureOf(check);
          if (failure) request.log.warn({ check: name, err: failure }, 'not ready');
          return [name, failure ? 'failing' : 'ok'] as const;
        }),
      );
      const ready = results.every(([, state]) => state === 'ok');
      if (!ready) reply.code(503).header('retry-after', '2');
      return { status: ready ? 'ready' : 'not-ready', checks: Object.fromEntries(results) };
    },
  );
}

async function failureOf(check: ReadinessCheck): Promise<unknown> {
  const limit = new AbortController();
  const late = delay(CHECK_TIMEOUT_MS, new Error(`no answer in ${CHECK_TIMEOUT_MS} ms`), {
    signal: limit.signal,
  });
  late.catch(() => {});
  try {
    return await Promise.race([check().then(() => undefined), late]);
  } catch (error) {
    return error ?? new Error('failed');
  } finally {
    limit.abort();
  }
}
