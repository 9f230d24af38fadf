import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { partnerOf } from '../../src/tls/live-trust.ts';
import { makeAuthority, makeCertificate } from '../../src/tls/make-certificate.ts';
import type { OwnCertificate } from '../../src/tls/own-certificate.ts';
import { type PartnerTrust, spkiHash, whyNotPartner } from '../../src/tls/partner-trust.ts';
import {
  asOwn,
  DAY_MS,
  type Identity,
  makeIdentity,
  makeSelfSigned,
  trustBy,
  trustPins,
} from '../support/certificates.ts';

const now = new Date();
const NAME = 'mra.cbp.example';
let us: Identity;
let other: Identity;
let selfSigned: OwnCertificate;

beforeAll(async () => {
  us = await makeIdentity(`https://${NAME}`);
  other = await makeIdentity('https://mra.other.example');
  selfSigned = await makeSelfSigned(NAME);
});

const why = (own: OwnCertificate, trust: PartnerTrust, { chainVerified = true, at = now } = {}) =>
  whyNotPartner({ leaf: own.leaf, chainVerified }, trust, at);

describe('a certificate is that of the partner', () => {
  it('when the pinned authority issued it for the name of the link', () => {
    expect(why(us.own, trustBy(us.authority, NAME))).toBeUndefined();
  });
  it('when its key is one of the two that are pinned, whoever issued it', () => {
    const trust = trustPins(spkiHash(other.own.leaf), spkiHash(selfSigned.leaf));
    expect(why(selfSigned, trust, { chainVerified: false })).toBeUndefined();
    expect(why(other.own, trust, { chainVerified: false })).toBeUndefined();
  });
});

describe('a certificate is not that of the partner', () => {
  it('when another authority issued it, even for the same name', async () => {
    const { certPem, keyPem } = await makeCertificate({
      subject: NAME,
      dnsNames: [NAME],
      notBefore: now,
      notAfter: new Date(now.getTime() + DAY_MS),
      issuer: other.authority,
    });
    const forged = { certPem, keyPem, leaf: new X509Certificate(certPem) };
    expect(why(forged, trustBy(us.authority, NAME), { at: new Date(now.getTime() + 2_000) })).toMatch(
      /pinned authority/,
    );
  });
  it('when the pinned authority issued it for another name', () => {
    expect(why(us.own, trustBy(us.authority, 'mra.other.example'))).toMatch(/not for mra.other.example/);
  });
  it('when the TLS library found no valid chain', () => {
    expect(why(us.own, trustBy(us.authority, NAME), { chainVerified: false })).toMatch(/pinned authority/);
  });
  it('when its key is not pinned, although the authority is', () => {
    const both = { ...trustBy(us.authority, NAME), pins: new Set([spkiHash(selfSigned.leaf)]) };
    expect(why(us.own, both)).toMatch(/is not pinned/);
  });
  it('when its key is pinned, although the authority is another', () => {
    const both = { ...trustBy(us.authority, NAME), pins: new Set([spkiHash(selfSigned.leaf)]) };
    expect(why(selfSigned, both)).toMatch(/pinned authority/);
  });
  it('before and after its time, with a pinned key as well', () => {
    const trust = trustPins(spkiHash(selfSigned.leaf));
    expect(why(selfSigned, trust, { at: new Date(now.getTime() + 2 * DAY_MS) })).toMatch(/expired/);
    expect(why(selfSigned, trust, { at: new Date(now.getTime() - DAY_MS) })).toMatch(/not valid before/);
  });
  it('when nothing is pinned', () => {
    expect(why(us.own, trustPins())).toMatch(/nothing is pinned/);
  });
  it('when an authority that it was sent with only bears the name of the pinned one', async () => {
    const namesake = await makeAuthority({
      subject: `${NAME} demo authority`,
      notBefore: now,
      notAfter: new Date(now.getTime() + DAY_MS),
    });
    const leaf = asOwn(
      await makeCertificate({
        subject: NAME,
        dnsNames: [NAME],
        notBefore: new Date(now.getTime() - 1_000),
        notAfter: new Date(now.getTime() + DAY_MS),
        issuer: namesake,
      }),
    );
    expect(why(leaf, trustBy(us.authority, NAME))).toMatch(/pinned authority/);
  });
});

it('the link of a certificate is the one that pins it, and of no certificate none', () => {
  const trust = {
    own: us.own,
    partners: new Map([
      ['other', trustBy(other.authority, 'mra.other.example')],
      ['us-cbp', trustBy(us.authority, NAME)],
    ]),
  };
  expect(partnerOf({ leaf: us.own.leaf, chainVerified: true }, trust, now)).toEqual({ link: 'us-cbp' });
  expect(partnerOf(undefined, trust, now)).toEqual({ reason: 'no certificate was shown' });
  expect(partnerOf({ leaf: selfSigned.leaf, chainVerified: false }, trust, now)).toMatchObject({
    reason: expect.stringContaining('us-cbp: '),
  });
});
