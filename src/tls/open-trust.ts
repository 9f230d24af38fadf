import type { Config } from '../config/config.ts';
import { LiveTrust, type TlsTrust } from './live-trust.ts';
import { readOwnCertificate } from './own-certificate.ts';
import { loadPartnerTrust } from './partner-trust.ts';

/** @returns undefined where the configuration has no TLS */
export function openTrust(config: Pick<Config, 'exchange' | 'links'>): LiveTrust | undefined {
  const trust = readTrust(config);
  return trust && new LiveTrust(trust);
}

/** Reads our certificate and what is pinned for each link. @throws {KeysError} */
export function readTrust({ exchange, links }: Pick<Config, 'exchange' | 'links'>): TlsTrust | undefined {
  if (!exchange.tls) return undefined;
  return {
    own: readOwnCertificate(exchange.tls),
    partners: new Map(links.flatMap(({ id, tls }) => (tls ? [[id, loadPartnerTrust(tls)] as const] : []))),
  };
}
