import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

/** A balancer has taken this process out of its list by then, and sends the request to another one. */
const RETRY_AFTER_SECONDS = 2;

/** Answered to the end, so that the balancer sees why. */
const STILL_ANSWERED = ['/health/live', '/health/ready', '/metrics'];

/**
 * A server stops in two steps. From `stopping` on, what is under way is finished, waiting requests (long polls) answer
 * now, and new ones get a 503 with `Retry-After`: refused before anything is done. `close()` then takes no further
 * connection. A connection whose request is answered meanwhile would stay open for the next one, and close() would
 * wait for it: its answer says that it is the last.
 */
export function closeInTime(server: FastifyInstance, stopping: AbortSignal | undefined): void {
  const closing = new AbortController();
  const close = (): void => closing.abort();
  if (stopping?.aborted) close();
  stopping?.addEventListener('abort', close, { once: true });
  server.decorate('closing', { getter: () => closing.signal });
  server.addHook('preClose', async () => {
    stopping?.removeEventListener('abort', close);
    close();
  });
  server.addHook('onRequest', async (request) => {
    if (!closing.signal.aborted || STILL_ANSWERED.includes(request.url)) return;
    throw new Problem('unavailable', {
      detail: 'This gateway process is stopping. Nothing was done; send the same again.',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      more: { reason: 'stopping' },
    });
  });
  server.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });
}
