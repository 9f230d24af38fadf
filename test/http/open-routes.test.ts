import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { tokenReader } from '../../src/access/read-token.ts';
import { requireTokens } from '../../src/http/authenticate.ts';
import { healthRoutes } from '../../src/http/health.ts';
import { measureRequests, metricsRoute } from '../../src/http/metrics.ts';
import { describeRoutes } from '../../src/http/openapi.ts';
import { problems } from '../../src/http/problems.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startTestServer } from '../support/http.ts';

describe('health', () => {
  it('is live as long as the process answers, and ready when every part is', async () => {
    let broken = false;
    await using gateway = await startTestServer('internal', (server) =>
      healthRoutes(server, {
        database: async () => {
          if (broken) throw new Error('geheim');
        },
        queue: async () => 'ok',
      }),
    );
    expect(await (await fetch(`${gateway.url}/health/live`)).json()).toEqual({ status: 'live' });
    const ready = await fetch(`${gateway.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ready', checks: { database: 'ok', queue: 'ok' } });
    broken = true;
    const failing = await fetch(`${gateway.url}/health/ready`);
    expect(failing.status).toBe(503);
    expect(failing.headers.get('retry-after')).toBe('2');
    expect(await failing.json()).toEqual({
      status: 'not-ready',
      checks: { database: 'failing', queue: 'ok' },
    });
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
  });

  it('is not ready when a part does not answer within 2 seconds', async () => {
    await using gateway = await startTestServer('internal', (server) =>
      healthRoutes(server, { database: () => new Promise(() => {}) }),
    );
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(503);
  });
});

describe('metrics', () => {
  it('time requests by route, so that ids make no series', async () => {
    const registry = new Registry();
    await using gateway = await startTestServer('internal', (server) => {
      measureRequests(server, 'internal', registry);
      metricsRoute(server, registry);
      server.get('/things/:id', async () => ({}));
    });
    await Promise.all(['1', '2', '3'].map((id) => fetch(`${gateway.url}/things/${id}`)));
    await fetch(`${gateway.url}/nowhere/4`);
    const answer = await fetch(`${gateway.url}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    expect(text).toMatch(
      /mra_http_request_seconds_count\{[^}]*route="\/things\/:id"[^}]*status="200"[^}]*\} 3/,
    );
    expect(text).toMatch(/route="none"[^}]*status="404"/);
    expect(text).not.toContain('nowhere');
  });
});

describe('OpenAPI', () => {
  it('describes every route in 3.1 with its scope, its purpose and its problems', async () => {
    await using database = openDatabase('postgresql://nobody@127.0.0.1:9/nothing');
    await using gateway = await startTestServer('internal', async (server) => {
      await describeRoutes(server, '1.2.3');
      healthRoutes(server, {});
      await server.register(async (api) => {
        requireTokens(api, tokenReader(database));
        const body = { type: 'object', properties: { type: { type: 'string' } } };
        api.post(
          '/v1/messages',
          { config: { scope: 'messages:submit' }, schema: { body } },
          async () => ({}),
        );
        api.get(
          '/v1/enterprises/:id',
          { config: { scope: 'register:read', purpose: true } },
          async () => ({}),
        );
      });
    });
    const document = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as Described;
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    expect(Object.keys(document.paths).sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/v1/enterprises/{id}',
      '/v1/messages',
    ]);
    const submit = document.paths['/v1/messages']?.post;
    expect(submit?.security).toEqual([{ token: ['messages:submit'] }]);
    expect(submit?.requestBody.content['application/json']?.schema.properties).toHaveProperty('type');
    const types = submit?.responses['4XX']?.content['application/problem+json']?.schema.properties.type.enum;
    expect(types).toHaveLength(Object.keys(problems).length);
    const read = document.paths['/v1/enterprises/{id}']?.get;
    expect(read?.parameters.map((p) => `${p.in} ${p.name}`).sort()).toEqual([
      'header data-purpose',
      'path id',
    ]);
  });
});

interface Described {
  paths: Record<string, Record<string, DescribedRoute>>;
}

/** As much of a route's description as the test looks at. */
interface DescribedRoute {
  security: unknown;
  requestBody: { content: Record<string, { schema: { properties: unknown } }> };
  responses: Record<
    string,
    { content: Record<string, { schema: { properties: { type: { enum: string[] } } } }> }
  >;
  parameters: { in: string; name: string }[];
}
