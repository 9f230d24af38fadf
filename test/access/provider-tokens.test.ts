import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { principalOf } from '../../src/http/authenticate.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { openTestApi, type TestApi } from './open-api.ts';

const issuer = 'https://sso.customs.example';
const audience = 'https://mra.customs.example/internal';

let folder: TemporaryFolder;
let api: TestApi;
let key: CryptoKey;
let publicJwk: object;

beforeAll(async () => {
  folder = await createTemporaryFolder();
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = pair.privateKey;
  publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'idp-1', alg: 'ES256', use: 'sig' };
  const file = join(folder.path, 'idp.jwks.json');
  await writeFile(file, JSON.stringify({ keys: [publicJwk] }));
  api = await openWith({ file });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function openWith(keys: { file: string } | { url: string }): Promise<TestApi> {
  const settings = { algorithms: ['RS256', 'ES256'], scopePrefix: 'mra:', lifetimeMsMax: 3_600_000 };
  return openTestApi({
    config: { identityProvider: { issuer, audience, keys, ...settings } },
    addRoutes(routes) {
      routes.get('/v1/who', { config: { scope: 'register:read', link: 'none' } }, async (request) => {
        const { scopes, expiresAt: _, ...principal } = principalOf(request);
        return { ...principal, scopes: [...scopes] };
      });
    },
  });
}

const seconds = () => Math.floor(Date.now() / 1000);

interface Forged {
  /** Members replaced, or left out where they are undefined. */
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  key?: CryptoKey | Uint8Array;
}

function sign({ header = {}, claims = {}, key: with_ = key }: Forged = {}): Promise<string> {
  const base = {
    iss: issuer,
    aud: audience,
    sub: 'li.wei@customs.example',
    client_id: 'review-desk',
    iat: seconds(),
    exp: seconds() + 600,
    jti: 'a1',
    scope: 'openid mra:register:read mra:unknown register:nonsense',
  };
  const signer = new SignJWT(present({ ...base, ...claims }));
  // What is undefined is not written.
  signer.setProtectedHeader({ alg: 'ES256', kid: 'idp-1', typ: 'at+jwt', ...header });
  return signer.sign(with_, { crit: { 'urn:x': true } });
}
const present = (members: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
const who = async (token: string, from = api) => from.call('GET', '/v1/who', token);

describe('an access token of the identity provider (RFC 9068)', () => {
  it('says who asks, and allows the scopes of ours that it names', async () => {
    expect(await (await who(await sign())).json()).toEqual({
      id: 'oauth:review-desk/li.wei@customs.example',
      name: 'oauth:review-desk/li.wei@customs.example',
      person: 'oauth:li.wei@customs.example',
      scopes: ['register:read'],
    });
  });

  it('may name roles, a purpose and a link', async () => {
    const claims = {
      scope: 'openid',
      roles: ['mra:operator', 'cleaner'],
      mra_link: 'us-cbp',
      mra_purpose: 'support',
    };
    expect(await (await who(await sign({ claims }))).json()).toMatchObject({
      role: 'operator',
      scopes: ['operate', 'messages:read', 'register:read'],
      link: 'us-cbp',
      purpose: 'support',
    });
  });

  it('of a client that acts for itself is that client', async () => {
    const answer = await who(await sign({ claims: { sub: 'review-desk' } }));
    expect(await answer.json()).toMatchObject({ name: 'oauth:review-desk' });
  });

  it('without a scope of ours allows nothing', async () => {
    expect((await who(await sign({ claims: { scope: 'openid' } }))).status).toBe(403);
    expect((await who(await sign({ claims: { scope: 'register:read' } }))).status).toBe(403);
  });

  it.each([
    ['an ID token', { header: { typ: 'JWT' } }],
    ['a token without a type', { header: { typ: undefined } }],
    ['another issuer', { claims: { iss: 'https://sso.evil.example' } }],
    ['another audience', { claims: { aud: 'https://other.customs.example' } }],
    ['an expired one', { claims: { iat: seconds() - 1000, exp: seconds() - 60 } }],
    ['one without an end', { claims: { exp: undefined } }],
    ['one that is valid for longer than we take', { claims: { exp: seconds() + 3_700 } }],
    ['one not yet valid', { claims: { nbf: seconds() + 600 } }],
    ['one without a client', { claims: { client_id: undefined } }],
    ['one without a subject', { claims: { sub: undefined } }],
    ['one without an id', { claims: { jti: undefined } }],
    ['an unknown key', { header: { kid: 'idp-2' } }],
    ['a critical extension', { header: { crit: ['urn:x'], 'urn:x': 1 } }],
    ['a link that is no text', { claims: { mra_link: ['us-cbp', 'eu-taxud'] } }],
    ['a purpose that there is not', { claims: { mra_purpose: 'marketing' } }],
  ] as [string, Forged][])('is refused: %s', async (_, forged) => {
    const answer = await who(await sign(forged));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('is refused when signed by another key, with none, or with the public key as a secret', async () => {
    const other = (await generateKeyPair('ES256', { extractable: true })).privateKey;
    expect((await who(await sign({ key: other }))).status).toBe(401);
    const secret = new TextEncoder().encode(JSON.stringify(publicJwk));
    expect((await who(await sign({ header: { alg: 'HS256' }, key: secret }))).status).toBe(401);
    const [, payload] = (await sign()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    expect((await who(`${none}.${payload}.`)).status).toBe(401);
  });

  it('opens a session that ends with it', async () => {
    const claims = { roles: ['mra:operator'], scope: 'openid' };
    const opened = await api.call('POST', '/v1/session', await sign({ claims }));
    const session = (await opened.json()) as { expiresAt: string; name: string };
    expect(session.name).toBe('oauth:review-desk/li.wei@customs.example');
    expect(Date.parse(session.expiresAt)).toBeLessThanOrEqual(Date.now() + 600_000);
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    const answer = await api.call('GET', '/v1/who', undefined, undefined, { cookie });
    expect(await answer.json()).toMatchObject({ person: 'oauth:li.wei@customs.example', role: 'operator' });
  });

  it('is checked with keys at an address of the internal network; when it does not answer, a 503 says so', async () => {
    let up = false;
    const provider = createServer((_request, response) => {
      response.writeHead(up ? 200 : 500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: [publicJwk] }));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const { port } = provider.address() as AddressInfo;
    await using remote = await openWith({ url: `http://127.0.0.1:${port}/jwks` });
    try {
      const away = await who(await sign(), remote);
      expect(away.status).toBe(503);
      expect(away.headers.get('retry-after')).not.toBeNull();
      up = true;
      expect((await who(await sign(), remote)).status).toBe(200);
    } finally {
      provider.close();
    }
  });
});
