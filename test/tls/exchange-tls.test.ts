import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildServer } from '../../src/http/build-server.ts';
import type { LiveTrust } from '../../src/tls/live-trust.ts';
import type { OwnCertificate } from '../../src/tls/own-certificate.ts';
import { PartnerPool } from '../../src/tls/partner-pool.ts';
import { type PartnerTrust, spkiHash } from '../../src/tls/partner-trust.ts';
import { requirePartner } from '../../src/tls/require-partner.ts';
import {
  type Identity,
  liveTrust,
  makeIdentity,
  makeSelfSigned,
  trustBy,
  trustPins,
} from '../support/certificates.ts';

const [CN_NAME, US_NAME] = ['mra.customs.example', 'mra.cbp.example'];
let cn: Identity;
let us: Identity;
let stranger: Identity;
let trust: LiveTrust;
let server: ReturnType<typeof buildServer>;
let url: string;
const pools: PartnerPool[] = [];

beforeAll(async () => {
  [cn, us, stranger] = await Promise.all([
    makeIdentity(`https://${CN_NAME}`),
    makeIdentity(`https://${US_NAME}`),
    makeIdentity('https://mra.stranger.example'),
  ]);
  trust = liveTrust(cn.own, {});
  server = buildServer({ listener: 'exchange', log: pino({ level: 'silent' }), tls: trust });
  requirePartner(server, trust);
  server.get('/who', async (request) => ({ link: request.partnerLink }));
  url = (await server.listen({ host: '127.0.0.1', port: 0 })).replace('http:', 'https:');
});
beforeEach(() => trust.replace(liveTrust(cn.own, { 'us-cbp': trustBy(us.authority, US_NAME) }).current));
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.destroy()));
  await server.close();
});

function callAs(own: OwnCertificate, listener: PartnerTrust): { pool: PartnerPool; trust: LiveTrust } {
  const callers = liveTrust(own, { 'cn-gacc': listener });
  const tls = { trust: callers, link: 'cn-gacc' };
  const pool = new PartnerPool(url, { connections: 1, connectTimeoutMs: 3_000, answerTimeoutMs: 3_000, tls });
  pools.push(pool);
  return { pool, trust: callers };
}

async function ask(pool: PartnerPool, path = '/who'): Promise<{ status: number; body: unknown }> {
  const { statusCode, body } = await pool.request({ method: 'GET', path });
  return { status: statusCode, body: await body.json() };
}

const byAuthority = () => trustBy(cn.authority, CN_NAME);
const REFUSED = { status: 401, body: { err: 'authentication_failed', description: expect.any(String) } };
const TAKEN = { status: 200, body: { link: 'us-cbp' } };

describe('the exchange listener with TLS', () => {
  it('knows the partner by its certificate', async () => {
    expect(await ask(callAs(us.own, byAuthority()).pool)).toEqual(TAKEN);
  });
  it('answers everybody else 401, on every path', async () => {
    const { pool } = callAs(stranger.own, byAuthority());
    expect(await ask(pool)).toEqual(REFUSED);
    expect(await ask(pool, '/nothing/here')).toEqual(REFUSED);
  });
  it('answers a client without a certificate 401', async () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.write('GET /who HTTP/1.1\r\nHost: x\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1.1 401 /);
    socket.destroy();
  });
  it('speaks TLS 1.3 and nothing older', async () => {
    const open = (maxVersion: 'TLSv1.2' | 'TLSv1.3'): TLSSocket =>
      connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false, maxVersion });
    const modern = open('TLSv1.3');
    await once(modern, 'secureConnect');
    expect(modern.getProtocol()).toBe('TLSv1.3');
    modern.destroy();
    await expect(once(open('TLSv1.2'), 'secureConnect')).rejects.toThrow(/version/i);
  });
  it('does not resume a session, so that every connection shows its certificate', async () => {
    const port = Number(new URL(url).port);
    const options = {
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      cert: us.own.certPem,
      key: us.own.keyPem,
    };
    const first = connect(options);
    first.write('GET /who HTTP/1.1\r\nHost: x\r\n\r\n');
    const [session] = (await Promise.race([once(first, 'session'), once(first, 'data')])) as [Buffer];
    await once(first, 'data');
    first.destroy();
    const second = connect({ ...options, session });
    await once(second, 'secureConnect');
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  });
  it('takes two pinned keys during a changeover, and no other', async () => {
    const [old, next] = await Promise.all([makeSelfSigned('old'), makeSelfSigned('next')]);
    const pins = trustPins(spkiHash(old.leaf), spkiHash(next.leaf));
    trust.replace(liveTrust(cn.own, { 'us-cbp': pins }).current);
    expect(await ask(callAs(old, byAuthority()).pool)).toEqual(TAKEN);
    expect(await ask(callAs(next, byAuthority()).pool)).toEqual(TAKEN);
    expect(await ask(callAs(us.own, byAuthority()).pool)).toEqual(REFUSED);
  });
  it('lets a partner go whose pin is taken away, on connections that are open as well', async () => {
    const { pool } = callAs(us.own, byAuthority());
    expect(await ask(pool)).toEqual(TAKEN);
    trust.replace(liveTrust(cn.own, { 'us-cbp': trustBy(stranger.authority, US_NAME) }).current);
    expect(await ask(pool)).toEqual(REFUSED);
  });
});

describe('a caller', () => {
  it('sends nothing to a listener whose certificate is not the partner’s', async () => {
    const { pool } = callAs(us.own, trustPins(spkiHash(stranger.own.leaf)));
    await expect(ask(pool)).rejects.toThrow(/this is not the partner: .*is not pinned/);
    await expect(ask(callAs(us.own, trustBy(cn.authority, US_NAME)).pool)).rejects.toThrow(/not for/);
    await expect(ask(callAs(us.own, trustBy(us.authority, CN_NAME)).pool)).rejects.toThrow();
  });
  it('goes on with a new certificate at either end, without a request lost', async () => {
    const next = await makeIdentity(`https://${US_NAME}`);
    const listener = await makeIdentity(`https://${CN_NAME}`);
    const both = (own: OwnCertificate) => {
      const authorities = [
        ...trustBy(us.authority, '').authorities,
        ...trustBy(next.authority, '').authorities,
      ];
      return liveTrust(own, { 'us-cbp': { authorities, name: US_NAME, pins: new Set() } }).current;
    };
    const trusted = [...byAuthority().authorities, ...trustBy(listener.authority, '').authorities];
    const caller = callAs(us.own, { authorities: trusted, name: CN_NAME, pins: new Set() });
    trust.replace(both(cn.own));
    let going = true;
    const asking = (async () => {
      const statuses = new Set<number>();
      while (going) statuses.add((await ask(caller.pool)).status);
      return [...statuses];
    })();
    expect(await ask(caller.pool)).toEqual(TAKEN);
    caller.trust.replace({ ...caller.trust.current, own: next.own });
    expect(await ask(caller.pool)).toEqual(TAKEN);
    trust.replace(both(listener.own));
    expect(await ask(caller.pool)).toEqual(TAKEN);
    caller.trust.replace({ ...caller.trust.current });
    expect(await ask(caller.pool)).toEqual(TAKEN);
    going = false;
    expect(await asking).toEqual([200]);
  });
});
