import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildServer } from '../../src/http/build-server.ts';
import { createLog } from '../../src/http/create-log.ts';

/** What the gateway logged, line by line and as text. */
export interface KeptLog {
  log: Logger;
  lines(): Record<string, unknown>[];
  text(): string;
}

export function keepLog(): KeptLog {
  const chunks: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const text = () => chunks.join('');
  const lines = () =>
    text()
      .split('\n')
      .filter(Boolean)
      .map((line): Record<string, unknown> => JSON.parse(line));
  return { log: createLog('debug', destination), lines, text };
}

/** A real server on a free port of the loopback. */
export interface TestServer extends AsyncDisposable {
  server: FastifyInstance;
  url: string;
  kept: KeptLog;
}

export async function startTestServer(
  listener: 'internal' | 'exchange',
  addRoutes: (server: FastifyInstance) => void | Promise<void>,
): Promise<TestServer> {
  const kept = keepLog();
  const server = buildServer({ listener, log: kept.log });
  await addRoutes(server);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { server, url, kept, [Symbol.asyncDispose]: () => server.close() };
}
