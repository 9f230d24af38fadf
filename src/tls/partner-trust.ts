import { hash, type X509Certificate } from 'node:crypto';
import { keyFault } from '../keys/keys-error.ts';
import { readCertificates } from './own-certificate.ts';

/** A link's settings for the partner's certificate, paths absolute. */
export interface PartnerTrustSettings {
  ca?: string;
  name: string;
  spki?: readonly string[];
}

/** By what the partner's certificate is known. Where both are given, both must hold. */
export interface PartnerTrust {
  /** Authorities that issue it; empty where only the key is pinned. */
  authorities: readonly X509Certificate[];
  /** The DNS name that such an authority vouches for. */
  name: string;
  /** SPKI hashes, see spkiHash; empty where an authority is pinned. */
  pins: ReadonlySet<string>;
}

/** What a peer showed in the handshake, in which it proved that it has the key. */
export interface Presented {
  leaf: X509Certificate;
  /** Whether the TLS library found a valid chain for this use to an authority that it was given. */
  chainVerified: boolean;
}

/** @throws {KeysError} where the file of authorities is not one */
export function loadPartnerTrust({ ca, name, spki = [] }: PartnerTrustSettings): PartnerTrust {
  const authorities = ca === undefined ? [] : readCertificates(ca);
  if (ca !== undefined && authorities.some((authority) => !authority.ca)) {
    throw keyFault(
      'malformed',
      ca,
      'holds a certificate that is not an authority; pin one by its key with spki',
    );
  }
  return { authorities, name, pins: new Set(spki) };
}

/** SHA-256 of the public key's SubjectPublicKeyInfo, base64: the pin-sha256 of RFC 7469, 2.4. */
export function spkiHash(certificate: X509Certificate): string {
  return hash('sha256', certificate.publicKey.export({ type: 'spki', format: 'der' }), 'base64');
}

/** Longest chain that is followed from a certificate to its authority. */
const CHAIN_LENGTH_MAX = 6;

/**
 * Is this the certificate of that partner? Its time is checked here again, because a pinned key may come without any
 * chain for the TLS library to check.
 *
 * @returns why not, for an operator; undefined where it is
 */
export function whyNotPartner(
  { leaf, chainVerified }: Presented,
  { authorities, name, pins }: PartnerTrust,
  now: Date,
): string | undefined {
  if (authorities.length === 0 && pins.size === 0) return 'nothing is pinned for this link';
  if (now < new Date(leaf.validFrom)) return `the certificate is not valid before ${leaf.validFrom}`;
  if (now > new Date(leaf.validTo)) return `the certificate expired on ${leaf.validTo}`;
  if (pins.size > 0 && !pins.has(spkiHash(leaf))) {
    return `the key of the certificate (SPKI ${spkiHash(leaf)}) is not pinned`;
  }
  if (authorities.length === 0) return undefined;
  if (!chainVerified || !leadsTo(leaf, authorities, now)) {
    return 'the certificate does not come from a pinned authority';
  }
  return leaf.checkHost(name) === undefined ? `the certificate is not for ${name}` : undefined;
}

/**
 * The library verified a chain to one of the authorities of all links; this one finds out whether there is one to an
 * authority of this link. Each step is verified, so that certificates sent along lead nowhere by their names alone.
 */
function leadsTo(leaf: X509Certificate, authorities: readonly X509Certificate[], now: Date): boolean {
  let certificate = leaf;
  for (let length = 0; length < CHAIN_LENGTH_MAX; length++) {
    if (authorities.some((authority) => isIssuedBy(certificate, authority, now))) return true;
    const issuer = certificate.issuerCertificate;
    if (!issuer || issuer.fingerprint256 === certificate.fingerprint256) return false;
    if (!isIssuedBy(certificate, issuer, now)) return false;
    certificate = issuer;
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate, now: Date): boolean {
  return (
    issuer.ca &&
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey) &&
    now <= new Date(issuer.validTo)
  );
}
