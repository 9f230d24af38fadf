import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MadeCertificate, makeAuthority, makeCertificate } from '../tls/make-certificate.ts';

/** Files of one side's TLS, in `tls` of its folder. */
export interface CertificateFiles {
  /** The authority of this administration. */
  ca: string;
  cert: string;
  key: string;
}

const DAY_MS = 86_400_000;
const VALID_DAYS = 365;

/**
 * An authority of its own for an administration, and a certificate for its gateway, known by the host of its issuer.
 * The authority's key is not kept: it issues this one.
 */
export async function makeCertificates(folder: string, issuer: string): Promise<CertificateFiles> {
  const directory = join(folder, 'tls');
  const files = {
    ca: join(directory, 'ca.pem'),
    cert: join(directory, 'gateway.pem'),
    key: join(directory, 'gateway.key.pem'),
  };
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const authority = await makeDemoAuthority(issuer);
  const gateway = await makeGatewayCertificate(issuer, authority);
  await writeFile(files.ca, authority.certPem);
  await writeFile(files.cert, gateway.certPem);
  await writeFile(files.key, gateway.keyPem, { mode: 0o600, flag: 'wx' });
  return files;
}

export function makeDemoAuthority(issuer: string, now = new Date()): Promise<MadeCertificate> {
  return makeAuthority({ subject: `${new URL(issuer).hostname} demo authority`, ...validFrom(now) });
}

/** Clients of the demo use addresses of this machine, so the certificate names those as well. */
export function makeGatewayCertificate(
  issuer: string,
  authority: MadeCertificate,
  now = new Date(),
): Promise<MadeCertificate> {
  const { hostname } = new URL(issuer);
  return makeCertificate({
    subject: hostname,
    dnsNames: [hostname, 'localhost'],
    ipAddresses: ['127.0.0.1', '::1'],
    ...validFrom(now),
    issuer: authority,
  });
}

/** From a minute before, for a clock that is a little behind. */
function validFrom(now: Date): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(now.getTime() - 60_000),
    notAfter: new Date(now.getTime() + VALID_DAYS * DAY_MS),
  };
}
