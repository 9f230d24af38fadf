import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDemoAuthority, makeGatewayCertificate } from './make-certificates.ts';

/** A side whose certificate is changed, by its folder. */
export interface CertificateHolder {
  /** Folder of its configuration. */
  folder: string;
  tls: { ca: string; cert: string; key: string };
}

/** The three steps of a changeover to a new certificate under a new authority; each is to be seen at work before the next. */
export interface CertificateChange {
  /** The partner trusts both authorities. */
  announce(): Promise<void>;
  /** The side shows the new certificate. */
  change(): Promise<void>;
  /** The partner trusts the new authority alone. */
  finish(): Promise<void>;
}

/**
 * Makes a new authority and certificate for a side, as an operator would, in files beside the old ones.
 *
 * @param pinned the partner's file of the side's authorities
 */
export async function prepareChange(
  { folder, tls }: CertificateHolder,
  issuer: string,
  pinned: string,
): Promise<CertificateChange> {
  const authority = await makeDemoAuthority(issuer);
  const next = await makeGatewayCertificate(issuer, authority);
  const old = await readFile(tls.ca, 'utf8');
  return {
    announce: () => put(pinned, `${old}${authority.certPem}`),
    async change() {
      await put(tls.key, next.keyPem, 0o600);
      // Between the two files the pair does not fit: the gateway goes on with the old one and reads again.
      await put(tls.cert, next.certPem);
      await put(join(folder, 'tls', 'ca.pem'), authority.certPem);
    },
    finish: () => put(pinned, authority.certPem),
  };
}

/** Renamed into place: a reader sees the old file or the new one, never a part. */
async function put(file: string, content: string, mode = 0o644): Promise<void> {
  const beside = `${file}.new`;
  await writeFile(beside, content, { mode });
  await rename(beside, file);
}
