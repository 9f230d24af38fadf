import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One address in front of several processes; passes bytes through, as a TCP balancer does in production. */
export interface Balancer extends AsyncDisposable {
  port: number;
}

export interface BalancerParts {
  /** 0 takes a free one. */
  port: number;
  /** Ports of the processes that are well, now. */
  targets(): readonly number[];
  /** Every chunk of an answer comes this much later. */
  delayMs?: number;
}

const HOST = '127.0.0.1';

/** New connections go to the targets in turn; one that refuses is passed over. */
export async function startBalancer({ port, targets, delayMs = 0 }: BalancerParts): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer({ allowHalfOpen: true }, async (outside) => {
    keep(outside, open);
    const ports = targets();
    turn++;
    for (let n = 0; n < ports.length; n++) {
      const inside = await tryConnect(ports[(turn + n) % ports.length] ?? 0);
      if (!inside) continue;
      keep(inside, open);
      if (outside.destroyed) inside.destroy();
      join(outside, inside, delayMs);
      return;
    }
    outside.destroy();
  });
  server.listen({ port, host: HOST });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function keep(socket: Socket, open: Set<Socket>): void {
  open.add(socket);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => open.delete(socket));
}

async function tryConnect(port: number): Promise<Socket | undefined> {
  const socket = connect({ port, host: HOST, allowHalfOpen: true });
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    return undefined;
  }
}

function join(outside: Socket, inside: Socket, delayMs: number): void {
  outside.pipe(inside);
  outside.once('close', () => inside.destroy());
  if (delayMs === 0) {
    inside.pipe(outside);
    inside.once('close', () => outside.destroy());
    return;
  }
  let last: Promise<unknown> = Promise.resolve();
  inside.on('data', (chunk: Buffer) => {
    const due = delay(delayMs);
    last = last.then(() => due).then(() => outside.write(chunk));
  });
  inside.once('close', () => {
    last = last.then(() => outside.destroy());
  });
}
