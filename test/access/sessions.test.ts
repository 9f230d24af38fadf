import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SESSION_IDLE_MS_MAX, SESSIONS_MAX } from '../../src/access/sessions.ts';
import { principalOf } from '../../src/http/authenticate.ts';
import { openTestApi, type TestApi } from './open-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    addRoutes(routes) {
      const config = { scope: 'operate' } as const;
      routes.get('/v1/ops/lanes', { config }, async (request) => ({ name: principalOf(request).name }));
      routes.post('/v1/ops/lanes', { config }, async (request) => ({ name: principalOf(request).name }));
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

interface Session {
  cookie: string;
  csrf: string;
  attributes: string;
}

async function login(token: string): Promise<Session> {
  const answer = await api.call('POST', '/v1/session', token);
  expect(answer.status).toBe(201);
  const [cookie = '', ...attributes] = (answer.headers.get('set-cookie') ?? '').split('; ');
  const { csrf } = (await answer.json()) as { csrf: string };
  return { cookie, csrf, attributes: attributes.join('; ') };
}
const get = ({ cookie }: Session, headers = {}) =>
  api.call('GET', '/v1/ops/lanes', undefined, undefined, { cookie, ...headers });
const post = ({ cookie, csrf }: Session, headers = {}) =>
  api.call('POST', '/v1/ops/lanes', undefined, undefined, { cookie, 'x-csrf-token': csrf, ...headers });

describe('a session of the console', () => {
  it('is a cookie that scripts cannot read and other sites do not send', async () => {
    const session = await login(await api.token({ name: 'attributes', role: 'operator' }));
    expect(session.cookie).toMatch(/^__Host-mra-session=[\w-]{43}$/);
    expect(session.attributes).toMatch(/^Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800$/);
    expect(await (await get(session)).json()).toEqual({ name: 'attributes' });
    expect(await (await post(session)).json()).toEqual({ name: 'attributes' });
  });

  it('says who is logged in, until when, and the CSRF token of its pages', async () => {
    const session = await login(await api.token({ name: 'shown', role: 'operator', purpose: 'support' }));
    const answer = await api.call('GET', '/v1/session', undefined, undefined, { cookie: session.cookie });
    expect(await answer.json()).toEqual({
      name: 'shown',
      role: 'operator',
      scopes: ['operate', 'messages:read', 'register:read'],
      link: null,
      purpose: 'support',
      csrf: session.csrf,
      expiresAt: expect.any(String),
      idleSeconds: SESSION_IDLE_MS_MAX / 1000,
    });
  });

  it.each([
    ['without the CSRF token', { 'x-csrf-token': '' }],
    ['with that of another session', { 'x-csrf-token': 'A'.repeat(43) }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['from a page without an origin', { origin: 'null' }],
    ['which the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['which the browser calls same-site', { 'sec-fetch-site': 'same-site' }],
  ])('takes no change %s', async (title, headers) => {
    const session = await login(await api.token({ name: `csrf ${title}`, role: 'operator' }));
    const answer = await post(session, headers);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ type: 'urn:mra-gateway:problem:csrf-refused' });
  });

  it('is over at once when it is closed', async () => {
    const session = await login(await api.token({ name: 'leaver', role: 'operator' }));
    const headers = { cookie: session.cookie, 'x-csrf-token': session.csrf };
    const closed = await api.call('DELETE', '/v1/session', undefined, undefined, headers);
    expect(closed.status).toBe(204);
    expect(closed.headers.get('set-cookie')).toContain('__Host-mra-session=; ');
    expect(closed.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await get(session)).status).toBe(401);
  });

  it('of somebody else is closed by an admin', async () => {
    const session = await login(await api.token({ name: 'sent-home', role: 'operator' }));
    const admin = await api.token({ name: 'session-admin', role: 'admin' });
    const closed = await api.call('DELETE', '/v1/ops/sessions?name=sent-home', admin);
    expect(await closed.json()).toEqual({ closed: 1 });
    expect((await get(session)).status).toBe(401);
    const operator = await api.token({ name: 'no-admin', role: 'operator' });
    expect((await api.call('DELETE', '/v1/ops/sessions?name=shown', operator)).status).toBe(403);
  });

  it('ends with the token that opened it', async () => {
    const session = await login(await api.token({ name: 'revoked', role: 'operator' }));
    await api.db.sql("update access_token set revoked_at = now() where name = 'revoked'");
    expect((await get(session)).status).toBe(401);
  });

  it('ends when nobody uses it, and at the latest after a working day', async () => {
    const [idle, old] = [
      await login(await api.token({ name: 'idle', role: 'operator' })),
      await login(await api.token({ name: 'old', role: 'operator' })),
    ];
    await api.db.sql("update session set seen_at = now() - interval '31 minutes' where name = 'idle'");
    await api.db.sql("update session set expires_at = now() - interval '1 second' where name = 'old'");
    expect((await get(idle)).status).toBe(401);
    expect((await get(old)).status).toBe(401);
  });

  it('is not kept alive by what a page asks by itself', async () => {
    const session = await login(await api.token({ name: 'away', role: 'operator' }));
    const age = () =>
      api.db.sql<{ fresh: boolean }>(
        "select seen_at > now() - interval '1 minute' as fresh from session where name = 'away'",
      );
    await api.db.sql("update session set seen_at = now() - interval '29 minutes' where name = 'away'");
    expect((await get(session, { 'mra-unattended': '1' })).status).toBe(200);
    expect((await age())[0]?.fresh).toBe(false);
    expect((await get(session)).status).toBe(200);
    expect((await age())[0]?.fresh).toBe(true);
  });

  it('is listed with since when and last seen when, and ended alone: anybody’s by an admin, one’s own by oneself', async () => {
    const token = await api.token({ name: 'two-screens', role: 'operator' });
    const [first, second] = [await login(token), await login(token)];
    const other = await login(await api.token({ name: 'other-desk', role: 'operator' }));
    const admin = await api.token({ name: 'desk-admin', role: 'admin' });
    type Listed = { id: string; name: string; own: boolean; openedAt: string; seenAt: string };
    const list = async (of: Session | string): Promise<Listed[]> => {
      const answer =
        typeof of === 'string'
          ? await api.call('GET', '/v1/ops/sessions', of)
          : await api.call('GET', '/v1/ops/sessions', undefined, undefined, { cookie: of.cookie });
      return ((await answer.json()) as { items: Listed[] }).items;
    };
    const mine = await list(first);
    expect(mine.map(({ name, own }) => [name, own]).toSorted()).toEqual([
      ['two-screens', false],
      ['two-screens', true],
    ]);
    expect(mine[0]).toMatchObject({
      openedAt: expect.any(String),
      seenAt: expect.any(String),
      role: 'operator',
    });
    expect((await list(admin)).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['two-screens', 'other-desk']),
    );
    const end = ({ cookie, csrf }: Session, id: string) =>
      api.call('DELETE', `/v1/ops/sessions/${id}`, undefined, undefined, { cookie, 'x-csrf-token': csrf });
    const foreign = (await list(other))[0]?.id ?? '';
    expect((await end(first, foreign)).status).toBe(404);
    expect((await end(first, mine.find(({ own }) => !own)?.id ?? '')).status).toBe(204);
    expect((await get(second)).status).toBe(401);
    expect((await get(first)).status).toBe(200);
    expect((await api.call('DELETE', `/v1/ops/sessions/${foreign}`, admin)).status).toBe(204);
    expect((await get(other)).status).toBe(401);
    expect(JSON.stringify(mine)).not.toContain(first.cookie.split('=')[1]);
  });

  it('is opened with a token only, and one more than ten ends the oldest', async () => {
    const token = await api.token({ name: 'many', role: 'operator' });
    const first = await login(token);
    const headers = { cookie: first.cookie, 'x-csrf-token': first.csrf };
    expect((await api.call('POST', '/v1/session', undefined, undefined, headers)).status).toBe(401);
    for (let n = 0; n < SESSIONS_MAX; n++) await login(token);
    expect((await get(first)).status).toBe(401);
    const [row] = await api.db.sql<{ n: number }>(
      "select count(*)::int as n from session where name = 'many'",
    );
    expect(row?.n).toBe(SESSIONS_MAX);
  });

  it('keeps its secret out of the store, the audit log and the log', async () => {
    const { cookie, csrf } = await login(await api.token({ name: 'secret', role: 'operator' }));
    const secret = cookie.split('=')[1] ?? '';
    const rows = await api.db.sql(
      'select s::text from session s union all select content from audit_pending',
    );
    const text = JSON.stringify(rows) + api.gateway.kept.text();
    expect(text).not.toContain(secret);
    expect(text).not.toContain(csrf);
    expect(text).toContain('session-opened');
  });
});
