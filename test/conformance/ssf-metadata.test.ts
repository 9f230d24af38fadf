import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExchangeServer, startExchange } from '../support/exchange-server.ts';
import { createPair, type Pair } from '../support/pair.ts';

/** OpenID Shared Signals Framework 1.0: transmitter metadata and verification, one test for each rule. */
let pair: Pair;
let us: ExchangeServer;
let metadata: Record<string, unknown>;
let response: Response;
beforeAll(async () => {
  pair = await createPair();
  us = await startExchange(pair.us);
  response = await fetch(`${us.url}/.well-known/ssf-configuration`);
  metadata = (await response.json()) as Record<string, unknown>;
});
afterAll(async () => {
  await us[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});

describe('transmitter configuration metadata (7)', () => {
  it('7.2.3: is answered 200 with a JSON object as application/json', () => {
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(metadata).toBeTypeOf('object');
  });
  it('7.1: says which version of the specification it follows', () => {
    expect(metadata.spec_version).toMatch(/^\d_\d$/);
  });
  it('7.1, 7.2.4: names the issuer as the iss of the SETs, https without query and fragment', () => {
    expect(metadata.issuer).toBe(pair.us.issuer);
    expect(pair.us.issuer).toMatch(/^https:\/\/[^?#]+$/);
  });
  it('7.1: names a jwks_uri that answers the public keys', async () => {
    const jwks = await fetch(String(metadata.jwks_uri));
    expect(jwks.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
    const { keys } = (await jwks.json()) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ kid }) => kid)).toEqual(['us-2026-11']);
    for (const key of keys) expect(key).not.toHaveProperty('d');
  });
  it('7.1: names the delivery methods that it supports by their URIs', () => {
    expect(metadata.delivery_methods_supported).toContain('urn:ietf:rfc:8935');
  });
  it('7.1: has endpoints that are URLs', () => {
    const endpoints = Object.entries(metadata).filter(([name]) => /_(uri|endpoint)$/.test(name));
    expect(endpoints.length).toBeGreaterThan(0);
    for (const [, url] of endpoints) expect(URL.canParse(String(url))).toBe(true);
  });
  it('7.2.3: has no claim with an empty array', () => {
    for (const value of Object.values(metadata)) expect(value).not.toEqual([]);
  });
});

describe('verification (8.1.4)', () => {
  const ask = (body: unknown): Promise<Response> =>
    fetch(String(metadata.verification_endpoint), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('8.1.4.2: 400 where the request cannot be read', async () => {
    for (const body of [{}, { stream_id: 7 }, { stream_id: 'x', state: 7 }, []]) {
      expect((await ask(body)).status).toBe(400);
    }
  });
  it('8.1.4.2: 404 where there is no such stream', async () => {
    expect((await ask({ stream_id: 'nobody' })).status).toBe(404);
  });
  it('8.1.4.2: 204 without a body, then the event with the state that was asked for', async () => {
    const asked = await ask({ stream_id: pair.cn.issuer, state: 'VGhpcyBpcw' });
    expect(asked.status).toBe(204);
    expect(await asked.text()).toBe('');
    expect(us.verifications).toEqual([{ link: 'cn-gacc', state: 'VGhpcyBpcw' }]);
  });
  it('8.1.1, 8.1.4.2: 429 where it is asked for more often than the transmitter allows', async () => {
    const asked = await ask({ stream_id: pair.cn.issuer });
    expect(asked.status).toBe(429);
    expect(Number(asked.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
