import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { buildServer } from '../../src/http/build-server.ts';
import { healthRoutes } from '../../src/http/health.ts';
import { keepLog } from '../support/http.ts';

async function startServer(listener: 'internal' | 'exchange') {
  const stopping = new AbortController();
  const server = buildServer({ listener, log: keepLog().log, stopping: stopping.signal });
  healthRoutes(server, { running: async () => stopping.signal.throwIfAborted() });
  let begun = (): void => {};
  const underWay = new Promise<void>((resolve) => {
    begun = resolve;
  });
  server.get('/slow', async () => {
    begun();
    await delay(150);
    return { done: true };
  });
  server.get('/poll', async () => {
    begun();
    await new Promise<void>((resolve) => server.closing.addEventListener('abort', () => resolve()));
    return { empty: true };
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url, stopping, server, underWay, [Symbol.asyncDispose]: () => server.close() };
}

describe.each(['internal', 'exchange'] as const)('the %s listener while the gateway stops', (listener) => {
  it('finishes what is in hand and refuses what is new with 503, Retry-After and the reason', async () => {
    await using gateway = await startServer(listener);
    const inHand = fetch(`${gateway.url}/slow`);
    await gateway.underWay;
    gateway.stopping.abort();
    const refused = await fetch(`${gateway.url}/slow`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.headers.get('connection')).toBe('close');
    const body: unknown = await refused.json();
    expect(body).toMatchObject(
      listener === 'internal'
        ? { type: 'urn:mra-gateway:problem:unavailable', reason: 'stopping' }
        : { err: 'temporarily_unavailable' },
    );
    expect(await (await inHand).json()).toEqual({ done: true });
  });

  it('answers long polls at once, and says that it lives but is not ready', async () => {
    await using gateway = await startServer(listener);
    const poll = fetch(`${gateway.url}/poll`);
    await gateway.underWay;
    gateway.stopping.abort();
    expect(await (await poll).json()).toEqual({ empty: true });
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${gateway.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ checks: { running: 'failing' } });
  });

  it('refuses also on a connection that was open before it closed', async () => {
    await using gateway = await startServer(listener);
    const agent = new Agent({ connections: 1, pipelining: 1 });
    const ask = () => agent.request({ origin: gateway.url, path: '/slow', method: 'GET' });
    const first = ask();
    await gateway.underWay;
    const second = ask();
    const closed = gateway.server.close();
    expect((await first).statusCode).toBe(200);
    // Its connection is closed with the first answer; no request is answered twice or left without an end.
    const outcome = await second.then(
      ({ statusCode }) => statusCode,
      () => 'refused',
    );
    expect(['refused', 503]).toContain(outcome);
    await closed;
    await agent.destroy();
  });
});
