import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Who still sends after this long does not read either. */
const READ_OFF_MS = 1_000;

/**
 * Lets a sender come to its end before it is told that its body is too large. A connection that is closed while bytes
 * of it are unread is reset, and with that the answer is lost on its way: the sender would see a broken connection,
 * and send the same again. What still comes is thrown away.
 */
export function readOffBodies(server: FastifyInstance): void {
  server.addHook('onSend', async ({ raw }, reply) => {
    if (reply.statusCode === 413 && !raw.complete) await readOff(raw);
  });
}

function readOff(request: IncomingMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, READ_OFF_MS);
  for (const event of ['end', 'close', 'error']) request.once(event, () => resolve());
  request.resume();
  return promise.finally(() => clearTimeout(timer));
}
