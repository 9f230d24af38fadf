import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { answerBrokenRequest } from '../../src/http/broken-request.ts';
import { socketCutter } from '../../src/http/cut-sockets.ts';
import type { LiveTrust } from '../../src/tls/live-trust.ts';
import { tlsServer } from '../../src/tls/tls-server.ts';
import { liveTrust, makeIdentity } from '../support/certificates.ts';

const HANDSHAKE_MS = 100;
const own = makeIdentity('https://mra.customs.example');
let server: Server | ReturnType<typeof tlsServer>;

afterEach(() => {
  server.close();
});

async function trust(): Promise<LiveTrust> {
  return liveTrust((await own).own, {});
}

async function listenAndConnect(): Promise<Socket> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  await once(client, 'connect');
  return client;
}

it('gives a connection back whose handshake is not finished in time, although broken requests are answered', async () => {
  server = tlsServer(await trust(), () => undefined, HANDSHAKE_MS);
  server.on('clientError', (error, socket) => answerBrokenRequest(error, socket as Socket, 'exchange'));
  const client = await listenAndConnect();
  client.resume();
  await once(client, 'close');
  expect(await connectionsOf(server)).toBe(0);
}, 3_000);

it('cuts connections of which the HTTP server does not know yet', async () => {
  for (const made of [tlsServer(await trust(), () => undefined), createServer()]) {
    server = made;
    const cut = socketCutter(server);
    const client = await listenAndConnect();
    client.on('error', () => undefined).resume();
    while ((await connectionsOf(server)) === 0) await new Promise(setImmediate);
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    cut();
    await closed;
  }
}, 3_000);

function connectionsOf(of: Server | ReturnType<typeof tlsServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    of.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
