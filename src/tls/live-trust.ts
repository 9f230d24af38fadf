import type { X509Certificate } from 'node:crypto';
import type { OwnCertificate } from './own-certificate.ts';
import { type PartnerTrust, type Presented, whyNotPartner } from './partner-trust.ts';

/** Our certificate and what is pinned for each link: what TLS stands on at one moment. */
export interface TlsTrust {
  own: OwnCertificate;
  /** By link id. */
  partners: ReadonlyMap<string, PartnerTrust>;
}

/** The trust that listener and callers use now. Replacing it takes effect at once, on open connections as well. */
export class LiveTrust {
  #trust: TlsTrust;
  #listeners: (() => void)[] = [];
  /** The certificates that partners showed last, by link. */
  readonly seen = new Map<string, X509Certificate>();

  constructor(trust: TlsTrust) {
    this.#trust = trust;
  }

  /** The object changes with each replacement: who keeps a conclusion keeps this beside it. */
  get current(): TlsTrust {
    return this.#trust;
  }

  replace(trust: TlsTrust): void {
    this.#trust = trust;
    for (const listener of this.#listeners) listener();
  }

  onReplaced(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

/** The link whose partner showed this certificate, or why it is none's. */
export function partnerOf(
  presented: Presented | undefined,
  { partners }: TlsTrust,
  now: Date,
): { link: string } | { reason: string } {
  if (!presented) return { reason: 'no certificate was shown' };
  const reasons: string[] = [];
  for (const [link, trust] of partners) {
    const reason = whyNotPartner(presented, trust, now);
    if (reason === undefined) return { link };
    reasons.push(`${link}: ${reason}`);
  }
  return { reason: reasons.join('; ') || 'there is no link' };
}
