import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readBoundedFile, refuseOpenFile } from '../keys/key-file.ts';
import { keyFault } from '../keys/keys-error.ts';

/** Files of our own certificate. */
export interface OwnCertificateFiles {
  cert: string;
  key: string;
}

/** What we show to partners, as listener and as caller. */
export interface OwnCertificate {
  /** The chain, leaf first, as the files have it. */
  certPem: string;
  keyPem: string;
  leaf: X509Certificate;
}

/**
 * Reads our certificate and its key. An expired one is read as well: partners refuse it and alerts tell of it, but
 * back ends are still served.
 *
 * @throws {KeysError} where a file cannot be read, is no PEM of its kind, or the key is of another certificate
 */
export function readOwnCertificate({ cert, key }: OwnCertificateFiles): OwnCertificate {
  const certPem = readBoundedFile(cert).toString('latin1');
  const [leaf] = parseCertificates(cert, certPem);
  refuseOpenFile(key);
  const keyPem = readBoundedFile(key).toString('latin1');
  if (!leaf.checkPrivateKey(readPrivateKey(key, keyPem))) {
    throw keyFault('certificate-mismatch', key, `is not the key of the certificate in ${cert}`);
  }
  return { certPem, keyPem, leaf };
}

/** Every certificate of a PEM file, in its order; at least one. */
export function readCertificates(file: string): [X509Certificate, ...X509Certificate[]] {
  return parseCertificates(file, readBoundedFile(file).toString('latin1'));
}

function parseCertificates(file: string, text: string): [X509Certificate, ...X509Certificate[]] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  const [first, ...others] = (blocks ?? []).map((pem) => parse(file, pem));
  if (!first) throw keyFault('malformed', file, 'holds no certificate in PEM form');
  return [first, ...others];
}

function parse(file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw keyFault('malformed', file, 'holds a certificate that cannot be read', cause);
  }
}

function readPrivateKey(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw keyFault('malformed', file, 'is no private key in PEM form', cause);
  }
}
