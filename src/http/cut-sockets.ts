import type { Server } from 'node:net';

/**
 * Knows every open connection of a server, also one whose TLS handshake is not finished: of that one the HTTP server
 * does not know yet, but its `close()` waits for it.
 *
 * @returns cuts them all, as a kill would
 */
export function socketCutter(server: Server): () => void {
  const open = new Set<{ destroy(): unknown }>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}
