import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDemoAuthority, makeGatewayCertificate } from '../../src/demo/make-certificates.ts';
import { LiveTrust } from '../../src/tls/live-trust.ts';
import { type MadeCertificate, makeCertificate } from '../../src/tls/make-certificate.ts';
import type { OwnCertificate } from '../../src/tls/own-certificate.ts';
import type { PartnerTrust } from '../../src/tls/partner-trust.ts';

export const DAY_MS = 86_400_000;

/** An administration's authority and its gateway's certificate. */
export interface Identity {
  authority: MadeCertificate;
  own: OwnCertificate;
}

export async function makeIdentity(issuer: string, now = new Date()): Promise<Identity> {
  const authority = await makeDemoAuthority(issuer, now);
  return { authority, own: asOwn(await makeGatewayCertificate(issuer, authority, now)) };
}

/** Issued by itself, for pins by key. */
export async function makeSelfSigned(name: string, members: object = {}): Promise<OwnCertificate> {
  const now = Date.now();
  const notBefore = new Date(now - 60_000);
  const notAfter = new Date(now + DAY_MS);
  return asOwn(await makeCertificate({ subject: name, dnsNames: [name], notBefore, notAfter, ...members }));
}

export function asOwn({ certPem, keyPem }: MadeCertificate): OwnCertificate {
  return { certPem, keyPem, leaf: new X509Certificate(certPem) };
}

export function trustBy(authority: MadeCertificate, name: string): PartnerTrust {
  return { authorities: [new X509Certificate(authority.certPem)], name, pins: new Set() };
}

export function trustPins(...pins: string[]): PartnerTrust {
  return { authorities: [], name: '', pins: new Set(pins) };
}

export function liveTrust(own: OwnCertificate, partners: Record<string, PartnerTrust>): LiveTrust {
  return new LiveTrust({ own, partners: new Map(Object.entries(partners)) });
}

/** @returns the paths of cert and key in the folder */
export function writeCertificate(folder: string, name: string, { certPem, keyPem }: OwnCertificate) {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key.pem`) };
  writeFileSync(files.cert, certPem);
  writeFileSync(files.key, keyPem, { mode: 0o600 });
  return files;
}
