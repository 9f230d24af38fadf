import { beforeAll, describe, expect, it } from 'vitest';
import type { OwnKeyRow } from '../../src/keys/own-keys.ts';
import { expiryStep, type TrustFacts, trustAlerts } from '../../src/keys/trust-alerts.ts';
import { DAY_MS, type Identity, makeIdentity, makeSelfSigned } from '../support/certificates.ts';

const now = new Date('2026-11-24T12:00:00.000Z');
const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS);
const key = (members: Partial<OwnKeyRow>): OwnKeyRow => ({
  kid: 'cn-2026-11',
  thumbprint: 't',
  alg: 'ES256',
  state: 'active',
  notBefore: inDays(-300),
  notAfter: null,
  changedAt: inDays(-300),
  revokedReason: null,
  announced: [],
  ...members,
});
const nothing: TrustFacts = { ownKeys: [key({})], partnerKeys: [], links: [] };
const alertsOf = (facts: Partial<TrustFacts>) => trustAlerts({ ...nothing, ...facts }, now);

it.each([
  [61, undefined],
  [60, 60],
  [31, 60],
  [30, 30],
  [7, 7],
  [2, 7],
  [1, 1],
  [0.5, 1],
  [0, 0],
  [-3, 0],
])('%s days before the end is the step %s', (days, step) => {
  expect(expiryStep(inDays(days), now)).toBe(step);
});

describe('an alert', () => {
  let cn: Identity;
  beforeAll(async () => {
    cn = await makeIdentity('https://mra.customs.example', inDays(-345));
  });

  it('there is none where nothing expires and nothing waits', () => expect(alertsOf({})).toEqual([]));
  it('tells of our key, from 60 days before its end, critical from 7', () => {
    const expiring = (days: number) => alertsOf({ ownKeys: [key({ notAfter: inDays(days) })] });
    expect(expiring(61)).toEqual([]);
    expect(expiring(45)).toMatchObject([{ code: 'expiry', severity: 'warning', subject: 'key cn-2026-11' }]);
    expect(expiring(5)).toMatchObject([
      { severity: 'critical', message: expect.stringMatching(/in 5 days/) },
    ]);
    expect(expiring(-1)).toMatchObject([{ severity: 'critical', message: expect.stringMatching(/expired/) }]);
  });
  it('tells of the last key to encrypt to, ours and the partner’s', () => {
    const ending = (kid: string, days: number) => ({ kid, notAfter: inDays(days) });
    const link = (...encryptionKeys: { kid: string; notAfter?: Date }[]) => [
      { id: 'us-cbp', keys: new Map(), encryptionKeys },
    ];
    const found = alertsOf({
      ownEncryption: [ending('cn-enc-1', 3), ending('cn-enc-2', 20)],
      links: link(ending('us-enc', 5)),
    });
    expect(found).toMatchObject([
      { severity: 'critical', subject: 'partner-encryption-key us-enc', link: 'us-cbp' },
      { severity: 'warning', subject: 'encryption-key cn-enc-2', link: null },
    ]);
    expect(alertsOf({ links: link(ending('us-enc', 5), { kid: 'us-enc-2' }) })).toEqual([]);
  });
  it('tells of no key that signs no more', () => {
    expect(alertsOf({ ownKeys: [key({ state: 'retired', notAfter: inDays(1) })] })).toEqual([]);
  });
  it('tells of certificates: ours, the partner’s, and the last of its authorities', async () => {
    const partner = await makeSelfSigned('us', { notAfter: inDays(3) });
    const fresh = await makeIdentity('https://mra.cbp.example', now);
    const authorities = (...certificates: (typeof cn.own.leaf)[]) => [{ link: 'us-cbp', certificates }];
    const seen = new Map([['us-cbp', partner.leaf]]);
    const tls = { own: cn.own.leaf, authorities: authorities(cn.own.leaf), seen };
    expect(alertsOf({ tls }).map(({ subject, link }) => [subject, link])).toEqual([
      ['partner-certificate of the partner', 'us-cbp'],
      ['certificate own', null],
      ['authority of the partner', 'us-cbp'],
    ]);
    const changing = { ...tls, own: fresh.own.leaf, authorities: authorities(cn.own.leaf, fresh.own.leaf) };
    expect(alertsOf({ tls: { ...changing, seen: new Map() } })).toEqual([]);
  });
  it('tells of the partner’s last key, not of one that another outlasts', () => {
    const verification = (kid: string, days?: number) => ({
      kid,
      ...(days ? { notAfter: inDays(days) } : {}),
    });
    const link = (...keys: { kid: string; notAfter?: Date }[]) => ({
      links: [{ id: 'us-cbp', keys: new Map(keys.map((each) => [each.kid, each])) }],
    });
    expect(alertsOf(link(verification('a', 3), verification('b', 400)))).toEqual([]);
    expect(alertsOf(link(verification('a', 3), verification('b')))).toEqual([]);
    expect(alertsOf(link(verification('a', 3), verification('b', 20)))).toMatchObject([
      { subject: 'partner-key b', link: 'us-cbp' },
    ]);
  });
  it('tells of a key that waits for a person, here or there, and of files that could not be taken', () => {
    const row = {
      link: 'us-cbp',
      kid: 'k',
      thumbprint: 'thumb',
      jwk: null,
      at: now,
      decidedAt: null,
      decidedBy: null,
    };
    const announced = (daysAgo: number) => [
      { link: 'us-cbp', at: inDays(-daysAgo).toISOString(), confirmedAt: null },
    ];
    const codes = alertsOf({
      partnerKeys: [
        { ...row, state: 'announced', reason: null },
        { ...row, state: 'refused', reason: 'weak' },
        { ...row, state: 'pinned', reason: null },
      ],
      ownKeys: [
        key({ state: 'next', kid: 'long', announced: announced(4) }),
        key({ state: 'next', kid: 'short', announced: announced(1) }),
      ],
      reloadFailure: { at: now, message: 'x' },
    }).map(({ code, subject }) => `${code} ${subject}`);
    expect(codes).toEqual([
      'partner-key-announced partner-key k',
      'partner-key-refused partner-key k',
      'key-unconfirmed key long',
      'reload-failed keys and certificates',
    ]);
  });
});
