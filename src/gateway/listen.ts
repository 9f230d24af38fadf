import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Listener } from '../config/config.ts';
import { socketCutter } from '../http/cut-sockets.ts';

/** Both listeners, and the lanes' last requests of 6 s before, fit into the 10 s of a stop. */
const CLOSE_MS = 1_500;

/** @returns the base address, with the port that was taken */
export async function listen(
  server: FastifyInstance,
  { host, port }: Listener,
  stack: AsyncDisposableStack,
): Promise<string> {
  const cutSockets = socketCutter(server.server);
  stack.defer(async () => {
    // Requests in hand had as long as the lanes; what still is not answered is cut, as a kill would.
    const cut = setTimeout(cutSockets, CLOSE_MS);
    await server.close();
    clearTimeout(cut);
  });
  const address = new URL(await server.listen({ host, port }));
  // Fastify does not know that a server made elsewhere speaks TLS.
  return `${server.server instanceof TlsServer ? 'https' : 'http'}://${address.host}`;
}
