import { once } from 'node:events';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem, type ProblemDocument } from '../../src/http/problem.ts';
import { problems, problemType } from '../../src/http/problems.ts';
import { StoreError, type StoreErrorCode } from '../../src/store/errors.ts';
import { startTestServer, type TestServer } from '../support/http.ts';

let gateway: TestServer;
let reached = 0;
beforeAll(async () => {
  gateway = await startTestServer('internal', (server) => {
    server.post('/echo', { bodyLimit: 1000 }, async (request) => {
      reached++;
      return { body: request.body, bytes: request.bodyBytes.toString('utf8') };
    });
    server.post(
      '/batch',
      { config: { ndjson: true, json: { depthMax: 3, membersMax: 10 } } },
      async (request) => request.body,
    );
    server.get('/slow', async () => {
      await delay(300);
      return { done: true };
    });
    server.get<{ Params: { id: string } }>('/things/:id', async (request) => request.params);
    const querystring = {
      type: 'object',
      additionalProperties: false,
      properties: { limit: { type: 'integer', minimum: 1 }, since: { type: 'string', format: 'date' } },
    };
    server.get('/list', { schema: { querystring } }, async (request) => request.query);
    server.get<{ Params: { code: StoreErrorCode } }>('/fails/:code', async (request) => {
      throw new StoreError(request.params.code, 'internal words', { cause: new Error('geheim') });
    });
    server.get('/defect', async () => {
      throw new TypeError('geheim is not a function');
    });
    server.get('/problem', async () => {
      throw new Problem('cursor-superseded', { detail: 'Go on from here.', more: { cursor: 'c1' } });
    });
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, path = '/echo') =>
  fetch(gateway.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });

async function problemIn(answer: Response) {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await answer.json()) as ProblemDocument;
  expect(problem.status).toBe(answer.status);
  expect(problem.instance).toBe(`urn:uuid:${answer.headers.get('request-id')}`);
  return problem;
}

describe('a body', () => {
  it('is parsed, and its bytes are kept as they came', async () => {
    const text = '{ "name":"深圳",\n "n": 1 }';
    expect(await (await post(text)).json()).toEqual({ body: { name: '深圳', n: 1 }, bytes: text });
  });

  it.each([
    ['that is no JSON', '{"a":', 'syntax'],
    ['with two members of one name', '{"a":1,"a":2}', 'duplicate-member'],
    ['that is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not-utf8'],
    ['that is nested too deeply', '['.repeat(33) + ']'.repeat(33), 'too-deep'],
    ['that is empty', '', 'syntax'],
  ])('%s is a 400 that names the fault, and reaches no route', async (_, body, code) => {
    const before = reached;
    const answer = await post(typeof body === 'string' ? body : new Uint8Array(body));
    expect(answer.status).toBe(400);
    expect(await problemIn(answer)).toMatchObject({
      type: 'urn:mra-gateway:problem:malformed',
      title: 'The request is malformed',
      errors: [{ code, pointer: expect.any(String), message: expect.stringMatching(/^the body /) }],
    });
    expect(reached).toBe(before);
  });

  it('over the limit of its route is a 413', async () => {
    const answer = await post(JSON.stringify('x'.repeat(1000)));
    expect(answer.status).toBe(413);
    expect(await problemIn(answer)).toMatchObject({ type: 'urn:mra-gateway:problem:too-large' });
  });

  it.each([
    ['of another media type', { 'content-type': 'text/plain' }],
    ['in another charset', { 'content-type': 'application/json; charset=gbk' }],
    ['that is compressed', { 'content-encoding': 'gzip' }],
    ['in lines, where no batch is taken', { 'content-type': 'application/x-ndjson' }],
  ])('%s is a 415', async (_, headers) => {
    const answer = await post('{}', headers);
    expect(answer.status).toBe(415);
    expect(await problemIn(answer)).toMatchObject({ type: 'urn:mra-gateway:problem:unsupported-media-type' });
  });

  it('in UTF-8 by name is taken', async () => {
    expect((await post('{}', { 'content-type': 'application/json;charset=UTF-8' })).status).toBe(200);
  });

  it('in lines is a list, in which a malformed line spoils only itself', async () => {
    const lines = '{"a":1}\r\n\n{"a":\n[[[[1]]]]\n{"b":2}';
    const answer = await post(lines, { 'content-type': 'application/x-ndjson' }, '/batch');
    expect(await answer.json()).toEqual([
      { value: { a: 1 } },
      { fault: expect.objectContaining({ code: 'syntax' }) },
      { fault: expect.objectContaining({ code: 'too-deep' }) },
      { value: { b: 2 } },
    ]);
  });

  it.each(['transfer-encoding: chunked', 'content-length: 8000000'])(
    'over the limit is told to a sender that reads only when it has sent (%s)',
    async (framing) => {
      const { hostname, port } = new URL(gateway.url);
      const socket = connect(Number(port), hostname);
      socket.pause();
      socket.on('error', () => {});
      socket.write(`POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`);
      const chunked = framing.endsWith('chunked');
      for (let n = 0; n < 8; n++) {
        const part = ' '.repeat(1_000_000);
        socket.write(chunked ? `${part.length.toString(16)}\r\n${part}\r\n` : part);
        await delay(20);
      }
      if (chunked) socket.write('0\r\n\r\n');
      await delay(300);
      expect(await readText(socket.resume())).toContain('HTTP/1.1 413');
    },
  );

  it('over the limit is told within 2 s to a sender that goes on for ever', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    const startedAt = performance.now();
    socket.write(
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const sending = setInterval(() => socket.write(`3e8\r\n${' '.repeat(1_000)}\r\n`), 20);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    clearInterval(sending);
    socket.destroy();
    expect(answer.toString()).toContain('HTTP/1.1 413');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('of more lines than anybody may send is a 413', async () => {
    const answer = await post('1\n'.repeat(10_001), { 'content-type': 'application/x-ndjson' }, '/batch');
    expect(answer.status).toBe(413);
  });
});

describe('a request', () => {
  it('for an unknown path is a 404', async () => {
    const answer = await fetch(`${gateway.url}/nowhere`);
    expect(await problemIn(answer)).toMatchObject({ status: 404, type: 'urn:mra-gateway:problem:not-found' });
  });

  it('with another method than the path takes is a 405 that names those', async () => {
    const answer = await fetch(`${gateway.url}/things/7?x=1`, { method: 'DELETE' });
    expect(await problemIn(answer)).toMatchObject({
      status: 405,
      type: 'urn:mra-gateway:problem:method-not-allowed',
    });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  it('with a wrong query names all its faults at once', async () => {
    const answer = await fetch(`${gateway.url}/list?limit=0&page=2&since=2026-02-30`);
    expect(answer.status).toBe(400);
    const { errors } = await problemIn(answer);
    expect(errors?.map((error) => error.pointer).sort()).toEqual(['/limit', '/page', '/since']);
  });

  it('has its query as the types that the route names', async () => {
    expect(await (await fetch(`${gateway.url}/list?limit=5`)).json()).toEqual({ limit: 5 });
  });

  it('with a parameter twice is refused where one is wanted', async () => {
    expect((await fetch(`${gateway.url}/list?limit=1&limit=2`)).status).toBe(400);
  });

  it('with a path that is no URL is a 400', async () => {
    const answer = await fetch(`${gateway.url}/things/%E0%A4%A`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('is answered with an id, and not cached', async () => {
    const answer = await fetch(`${gateway.url}/things/7`, { headers: { 'request-id': 'theirs' } });
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['that is no HTTP', 'hello\r\n\r\n', 400],
    ['with a header of 20 kB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is answered and the connection closed', async (_, bytes, status) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(bytes);
    const answer = await readText(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('urn:mra-gateway:problem:');
  });

  it('is logged without its query, header and body', async () => {
    await fetch(`${gateway.url}/echo?q=geheim-query`, {
      method: 'POST',
      headers: { authorization: 'Bearer geheim-token', 'content-type': 'application/json' },
      body: '"geheim-body"',
    });
    const line = gateway.kept.lines().findLast((l) => l.path === '/echo');
    expect(line).toMatchObject({ method: 'POST', status: 200, ms: expect.any(Number) });
    expect(gateway.kept.text()).not.toContain('geheim-');
  });
});

describe('a failure', () => {
  it('that is a defect is a 500 which tells nothing but where to look', async () => {
    const answer = await fetch(`${gateway.url}/defect`);
    expect(answer.status).toBe(500);
    const problem = await problemIn(answer);
    expect(JSON.stringify(problem)).not.toContain('geheim');
    const id = answer.headers.get('request-id');
    const line = gateway.kept.lines().find((l) => l.reqId === id && l.msg === 'request failed');
    expect(line).toMatchObject({ err: { name: 'TypeError', message: 'geheim is not a function' } });
  });

  it.each([
    ['unavailable', 503, 'unavailable'],
    ['timeout', 503, 'unavailable'],
    ['conflict', 503, 'unavailable'],
    ['disk-full', 503, 'unavailable'],
    ['commit-unknown', 503, 'outcome-unknown'],
    ['query', 500, 'internal'],
  ])('of the store by %s is a %i', async (code, status, problem) => {
    const answer = await fetch(`${gateway.url}/fails/${code}`);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(code === 'disk-full' ? '30' : status === 503 ? '5' : null);
    const body = await problemIn(answer);
    expect(body.type).toBe(`urn:mra-gateway:problem:${problem}`);
    expect(JSON.stringify(body)).not.toMatch(/geheim|internal words/);
  });

  it('carries the members of its kind', async () => {
    const answer = await fetch(`${gateway.url}/problem`);
    expect(await problemIn(answer)).toMatchObject({ status: 410, detail: 'Go on from here.', cursor: 'c1' });
  });
});

describe('the table of problems', () => {
  it('gives every code a status of an error and a sentence, and 429 and 503 a Retry-After', () => {
    for (const [code, { status, title }] of Object.entries(problems)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).toMatch(/^[A-Z].*[a-z]$/);
      const problem = new Problem(code as keyof typeof problems);
      expect(problem.headers['retry-after'] !== undefined).toBe(status === 429 || status === 503);
      expect(problemType(problem.code)).toBe(`urn:mra-gateway:problem:${code}`);
    }
  });
});

describe('closing', () => {
  it('lets the requests under way finish', async () => {
    const other = await startTestServer('internal', (server) => {
      server.get('/slow', async () => {
        await delay(200);
        return { done: true };
      });
    });
    const answer = fetch(`${other.url}/slow`);
    await delay(50);
    expect(other.server.closing.aborted).toBe(false);
    await other.server.close();
    expect(other.server.closing.aborted).toBe(true);
    expect(await (await answer).json()).toEqual({ done: true });
    await expect(fetch(`${other.url}/slow`)).rejects.toThrow();
  });
});
