import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SetError } from '../../src/envelope/set-error.ts';
import { ExchangeError } from '../../src/http/exchange-errors.ts';
import { StoreError } from '../../src/store/errors.ts';
import { startTestServer, type TestServer } from '../support/http.ts';

let gateway: TestServer;
beforeAll(async () => {
  gateway = await startTestServer('exchange', (server) => {
    server.post('/exchange/events', { bodyLimit: 100 }, async (request) => ({ text: request.body }));
    server.post('/exchange/sets', { bodyLimit: 100 }, async (request) => request.body);
    server.get('/set', async () => {
      throw new SetError('invalid_issuer', 'iss is not this partner');
    });
    server.get('/own', async () => {
      throw new ExchangeError(413, 'too_many_sets', 'at most 500');
    });
    server.get('/down', async () => {
      throw new StoreError('unavailable', 'geheim');
    });
    server.get('/defect', async () => {
      throw new Error('geheim');
    });
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const post = (path: string, type: string, body: string) =>
  fetch(gateway.url + path, { method: 'POST', headers: { 'content-type': type }, body });

describe('an error of the exchange listener', () => {
  it.each([
    ['a SET that is not the partner’s word', () => fetch(`${gateway.url}/set`), 400, 'invalid_issuer'],
    ['a route’s own', () => fetch(`${gateway.url}/own`), 413, 'too_many_sets'],
    ['a body that is no JSON', () => post('/exchange/sets', 'application/json', '{'), 400, 'invalid_request'],
    [
      'a body that is too large',
      () => post('/exchange/sets', 'application/json', `"${'x'.repeat(200)}"`),
      413,
      'too_many_sets',
    ],
    ['another media type', () => post('/exchange/sets', 'text/plain', 'x'), 415, 'invalid_request'],
    ['an unknown path', () => fetch(`${gateway.url}/v1/messages`), 404, 'not_found'],
    ['another method', () => fetch(`${gateway.url}/exchange/sets`), 405, 'method_not_allowed'],
    ['a database that is away', () => fetch(`${gateway.url}/down`), 503, 'temporarily_unavailable'],
    ['a defect', () => fetch(`${gateway.url}/defect`), 500, 'internal_error'],
  ])('for %s is {err, description} in English (RFC 8935)', async (_, request, status, err) => {
    const answer = await request();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-language')).toBe('en');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const body = await answer.json();
    expect(body).toEqual({ err, description: expect.stringMatching(/\w/) });
    expect(JSON.stringify(body)).not.toContain('geheim');
    if (status === 503) expect(answer.headers.get('retry-after')).toBe('5');
  });

  it('is none for a SET alone, whose text arrives as it was sent', async () => {
    const answer = await post('/exchange/events', 'application/secevent+jwt', 'a.b.c');
    expect(await answer.json()).toEqual({ text: 'a.b.c' });
  });
});
