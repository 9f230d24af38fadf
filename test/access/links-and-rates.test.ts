import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApi, type TestApi } from './open-api.ts';

let api: TestApi;
let token: string;
beforeAll(async () => {
  api = await openTestApi({
    requestsPerSecond: 20,
    addRoutes(routes) {
      const add = (path: string, link?: 'query' | 'path' | 'none') =>
        routes.get(
          path,
          { config: { scope: 'operate', ...(link ? { link } : {}) } },
          async (request) => request.query,
        );
      add('/v1/ops/quarantine', 'query');
      add('/v1/ops/links/:id/ping', 'path');
      add('/v1/ops/lanes/:link/:lane', 'path');
      add('/v1/ops/time', 'none');
      add('/v1/ops/forgotten');
    },
  });
  token = await api.token({ name: 'bound', role: 'operator', link: 'us-cbp' });
});
afterAll(() => api[Symbol.asyncDispose]());

describe('a token that is bound to a link', () => {
  it.each([
    ['/v1/ops/quarantine?link=us-cbp', 200],
    ['/v1/ops/quarantine?link=eu-taxud', 403],
    ['/v1/ops/quarantine?link=us-cbp&link=eu-taxud', 403],
    ['/v1/ops/links/us-cbp/ping', 200],
    ['/v1/ops/links/eu-taxud/ping', 403],
    ['/v1/ops/lanes/us-cbp/0', 200],
    ['/v1/ops/lanes/eu-taxud/0', 403],
    ['/v1/ops/time', 200],
    ['/v1/ops/forgotten', 403],
  ])('GET %s is a %i', async (path, status) => {
    const answer = await api.call('GET', path, token);
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(await answer.json()).toMatchObject({ type: 'urn:mra-gateway:problem:link-forbidden' });
    }
  });

  it('sees its own link where none is named', async () => {
    expect(await (await api.call('GET', '/v1/ops/quarantine', token)).json()).toEqual({ link: 'us-cbp' });
  });

  it('does not see what is about every link', async () => {
    const admin = await api.token({ name: 'bound-admin', role: 'admin', link: 'us-cbp' });
    expect((await api.call('GET', '/v1/ops/access', admin)).status).toBe(403);
    expect((await api.call('GET', '/v1/ops/approvals', admin)).status).toBe(403);
  });
});

describe('tokens over the API', () => {
  it('are granted to whoever decides nothing, listed and revoked by an admin', async () => {
    const admin = await api.token({ name: 'admin', role: 'admin' });
    const wanted = { name: 'clearance', role: 'reader', purpose: 'clearance', link: 'us-cbp' };
    const granted = await api.call('POST', '/v1/ops/access', admin, wanted);
    expect(granted.status).toBe(201);
    const { token: reader, id } = (await granted.json()) as { token: string; id: string };
    expect((await api.call('GET', '/v1/ops/time', reader)).status).toBe(403);
    const list = await (await api.call('GET', '/v1/ops/access', admin)).text();
    expect(list).toContain('"clearance"');
    expect(list).not.toContain(reader);
    expect((await api.call('DELETE', `/v1/ops/access/${id}`, admin)).status).toBe(204);
    expect((await api.call('DELETE', `/v1/ops/access/${id}`, admin)).status).toBe(404);
    expect((await api.call('POST', '/v1/ops/access', admin, wanted)).status).toBe(409);
  });

  it('that decide over acts of others are not granted there', async () => {
    const admin = await api.token({ name: 'admin-2', role: 'admin' });
    for (const role of ['operator', 'admin']) {
      const answer = await api.call('POST', '/v1/ops/access', admin, { name: `new-${role}`, role });
      expect(answer.status).toBe(403);
    }
    const narrow = { name: 'sneaky', role: 'reader', scopes: ['erase'] };
    expect((await api.call('POST', '/v1/ops/access', admin, narrow)).status).toBe(403);
  });

  it('name every fault of a grant', async () => {
    const admin = await api.token({ name: 'admin-3', role: 'admin' });
    const wrong = {
      name: '',
      role: 'king',
      scopes: ['all'],
      purpose: 'fun',
      link: 'x',
      expiresAt: '2020-01-01T00:00:00Z',
      a: 1,
    };
    const answer = await api.call('POST', '/v1/ops/access', admin, wrong);
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: { pointer: string }[] };
    expect(errors.map((error) => error.pointer).sort()).toEqual([
      '/a',
      '/expiresAt',
      '/link',
      '/name',
      '/purpose',
      '/role',
      '/scopes',
    ]);
  });

  it('do not take a name that stands for others', async () => {
    await expect(api.token({ name: 'oauth:somebody' })).rejects.toThrow('stands for others');
  });
});

describe('the rate of requests', () => {
  it('is of each principal alone: too many are a 429 that says when to go on', async () => {
    const [fast, slow] = [
      await api.token({ name: 'fast', role: 'operator' }),
      await api.token({ name: 'slow', role: 'operator' }),
    ];
    const answers = await Promise.all(
      Array.from({ length: 210 }, () => api.call('GET', '/v1/ops/time', fast)),
    );
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused).toHaveLength(10);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused[0]?.json()).toMatchObject({
      type: 'urn:mra-gateway:problem:rate-limited',
      status: 429,
    });
    expect((await api.call('GET', '/v1/ops/time', slow)).status).toBe(200);
  });

  it('of wrong tokens is counted by address, and does not shut out those with right ones', async () => {
    const wrong = `mra_${'A'.repeat(43)}`;
    const call = () => api.call('GET', '/v1/ops/time', wrong);
    const answers = await Promise.all(Array.from({ length: 100 }, call));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([401]));
    expect((await call()).status).toBe(429);
    const right = await api.token({ name: 'right', role: 'operator' });
    expect((await api.call('GET', '/v1/ops/time', right)).status).toBe(200);
  });
});
