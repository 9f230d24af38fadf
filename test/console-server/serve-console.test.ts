import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addConsole } from '../../src/console-server/serve-console.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { talkRaw } from '../support/raw-http.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const PAGE = '<!doctype html><title>built</title>';
const SCRIPT = `console.log(${JSON.stringify('long '.repeat(200))});`;

let stack: AsyncDisposableStack;
let gateway: TestServer;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const folder = stack.use(await createTemporaryFolder());
  const built = join(folder.path, 'built');
  await mkdir(join(built, 'assets'), { recursive: true });
  await writeFile(join(folder.path, 'secret.txt'), 'secret');
  await writeFile(join(built, 'index.html'), PAGE);
  await writeFile(join(built, '.sources'), 'hash');
  await writeFile(join(built, 'assets/main-1a2b.js'), SCRIPT);
  await writeFile(join(built, 'assets/main-1a2b.js.br'), brotliCompressSync(SCRIPT));
  gateway = stack.use(await startTestServer('internal', (server) => addConsole(server, built)));
});
afterAll(() => stack.disposeAsync());

const get = (path: string, headers: Record<string, string> = {}) => fetch(gateway.url + path, { headers });

describe('the console', () => {
  it.each(['/console', '/console/', '/console/messages/0199', '/console/register?q=a.b'])(
    'is its page at %s, whatever its own router makes of the address',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(await answer.text()).toBe(PAGE);
    },
  );

  it('runs and loads what this listener serves, and stands in no frame', async () => {
    const { headers } = await get('/console');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });

  it('has files that never change under their name, compressed for who takes it', async () => {
    const answer = await get('/console/assets/main-1a2b.js', { 'accept-encoding': 'br' });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-encoding')).toBe('br');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('accept-encoding');
    expect(await answer.text()).toBe(SCRIPT);
    const plain = await get('/console/assets/main-1a2b.js', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(SCRIPT);
  });

  it('says of a file of another build that the page is to be loaded again', async () => {
    const answer = await get('/console/assets/main-0000.js');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('Load the page again') });
  });

  it.each([
    '/console/assets/../../secret.txt',
    '/console/assets/..%2f..%2fsecret.txt',
    '/console/assets/%2e%2e/.sources',
    '/console/../secret.txt',
  ])('gives nothing outside its folder for %s', async (path) => {
    const { port } = new URL(gateway.url);
    const bytes = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    const { answers } = await talkRaw(connect(Number(port), '127.0.0.1'), [{ bytes }], { answers: 1 });
    expect(answers[0]?.body).not.toMatch(/^(secret|hash)$/);
    expect(answers[0]?.status === 200 ? answers[0].body : PAGE).toBe(PAGE);
  });

  it('says how to build it where it is not built, to a person and to a program', async () => {
    await using bare = await startTestServer('internal', (server) => addConsole(server, '/nonexistent'));
    const page = await fetch(`${bare.url}/console`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('npm run build');
    const problem = await fetch(`${bare.url}/console`);
    expect(problem.status).toBe(503);
    expect(await problem.json()).toMatchObject({ detail: 'The console is not built. Run: npm run build' });
  });
});
