import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Grant, grantAccess } from '../../src/access/grant-access.ts';
import { tokenReader } from '../../src/access/read-token.ts';
import { revokeAccess } from '../../src/access/revoke-access.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { principalOf, purposeOf, requireTokens } from '../../src/http/authenticate.ts';
import type { Database, Query } from '../../src/store/database.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
let gateway: TestServer;
let now = new Date('2026-11-23T08:00:00Z');
let asked = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  const counting: Database = Object.assign(Object.create(db.database), {
    query(query: Query) {
      asked++;
      return db.database.query(query);
    },
  });
  gateway = await startTestServer('internal', async (server) => {
    server.get('/open', async () => ({}));
    await server.register(
      async (v1) => {
        requireTokens(v1, tokenReader(counting, { now: () => now }));
        v1.post('/messages', { config: { scope: 'messages:submit', link: 'route' } }, async (request) => {
          const { id: _, accessToken: __, scopes, ...principal } = principalOf(request);
          return { ...principal, scopes: [...scopes] };
        });
        v1.get('/enterprises', { config: { scope: 'register:read', purpose: true } }, async (request) => ({
          purpose: purposeOf(request),
        }));
      },
      { prefix: '/v1' },
    );
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.close();
});

const grant = (wanted: Grant) => grantAccess(db.database, appendEntries, wanted, 'test', now);

function call(path: string, token?: string, headers: Record<string, string> = {}) {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const method = path === '/v1/messages' ? 'POST' : 'GET';
  return fetch(gateway.url + path, { method, headers: { ...authorization, ...headers } });
}

describe('authentication', () => {
  it('tells the route who asks, with role, scopes, purpose and link', async () => {
    const { token } = await grant({ name: 'full', role: 'backend', purpose: 'clearance', link: 'us-cbp' });
    const answer = await call('/v1/messages', token);
    expect(await answer.json()).toEqual({
      name: 'full',
      role: 'backend',
      scopes: ['messages:submit', 'messages:read', 'register:read', 'streams:read'],
      purpose: 'clearance',
      link: 'us-cbp',
    });
  });

  it('answers a request without a token with a 401 and the way to send one', async () => {
    const answer = await call('/v1/messages');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="mra"');
    expect(await answer.json()).toMatchObject({ type: 'urn:mra-gateway:problem:unauthenticated' });
  });

  it.each([
    ['an unknown token', `Bearer mra_${'A'.repeat(43)}`],
    ['what is no token of ours', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['an empty header', ''],
  ])('answers %s with a 401', async (_, authorization) => {
    const answer = await fetch(`${gateway.url}/v1/messages`, { method: 'POST', headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('takes no token from the query, where it would end up in logs', async () => {
    const { token } = await grant({ name: 'in-query', role: 'backend' });
    expect((await fetch(`${gateway.url}/v1/messages?access_token=${token}`, { method: 'POST' })).status).toBe(
      401,
    );
  });

  it('answers before it reads the body', async () => {
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{ no JSON',
    });
    expect(answer.status).toBe(401);
  });

  it('names the scope that is missing in a 403', async () => {
    const { token } = await grant({ name: 'only-reads', role: 'reader' });
    const answer = await call('/v1/messages', token);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain(
      'error="insufficient_scope", scope="messages:submit"',
    );
    const problem = (await answer.json()) as { detail: string };
    expect(problem).toMatchObject({ type: 'urn:mra-gateway:problem:scope-missing' });
    expect(problem.detail).toContain('messages:submit');
  });

  it('goes by the scopes of the grant where it has its own', async () => {
    const { token } = await grant({ name: 'narrow', role: 'backend', scopes: ['messages:read'] });
    expect((await call('/v1/messages', token)).status).toBe(403);
  });

  it('ends when the token expires, to the millisecond, although it is cached', async () => {
    const at = now;
    const { token } = await grant({
      name: 'short',
      role: 'backend',
      expiresAt: new Date(at.getTime() + 1000),
    });
    now = new Date(at.getTime() + 999);
    expect((await call('/v1/messages', token)).status).toBe(200);
    now = new Date(at.getTime() + 1000);
    expect((await call('/v1/messages', token)).status).toBe(401);
  });

  it('ends within 5 seconds after the token is revoked', async () => {
    const { token } = await grant({ name: 'revoked', role: 'backend' });
    expect((await call('/v1/messages', token)).status).toBe(200);
    await revokeAccess(db.database, appendEntries, 'revoked', 'test', now);
    now = new Date(now.getTime() + 5000);
    expect((await call('/v1/messages', token)).status).toBe(401);
  });

  it('costs a query in 5 seconds, not one a request, also for a token that does not exist', async () => {
    const { token } = await grant({ name: 'busy', role: 'backend' });
    for (const each of [token, `mra_${'B'.repeat(43)}`]) {
      asked = 0;
      await Promise.all(Array.from({ length: 20 }, () => call('/v1/messages', each)));
      expect(asked).toBe(1);
    }
  });

  it('is not asked for on the open routes', async () => {
    expect((await call('/open')).status).toBe(200);
  });

  it('refuses a route that names no scope when it is added', async () => {
    const started = startTestServer('internal', async (server) => {
      requireTokens(server, tokenReader(db.database));
      server.get('/forgotten', async () => ({}));
    });
    await expect(started).rejects.toThrow('/forgotten names no scope');
  });

  it('keeps only the hash of a token', async () => {
    const { token } = await grant({ name: 'hashed', role: 'backend' });
    const rows = await db.sql(`select t::text from access_token t where name = 'hashed'
      union all select content from audit_pending where content like '%hashed%'`);
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(gateway.kept.text()).not.toContain(token);
  });
});

describe('the purpose of a read', () => {
  it('comes from Data-Purpose, or else from the token', async () => {
    const { token } = await grant({ name: 'purposeful', role: 'reader', purpose: 'clearance' });
    expect(await (await call('/v1/enterprises', token)).json()).toEqual({ purpose: 'clearance' });
    const answer = await call('/v1/enterprises', token, { 'data-purpose': 'validation' });
    expect(await answer.json()).toEqual({ purpose: 'validation' });
  });

  it('is asked for in a 400 when neither says it', async () => {
    const { token } = await grant({ name: 'aimless', role: 'reader' });
    const answer = await call('/v1/enterprises', token);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ type: 'urn:mra-gateway:problem:purpose-missing' });
  });

  it.each(['marketing', '', 'clearance, validation', 'CLEARANCE'])(
    'is refused in a 400 when it is "%s"',
    async (purpose) => {
      const { token } = await grant({ name: `wrong-${purpose}`, role: 'reader', purpose: 'clearance' });
      const answer = await call('/v1/enterprises', token, { 'data-purpose': purpose });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ type: 'urn:mra-gateway:problem:purpose-unknown' });
    },
  );
});
