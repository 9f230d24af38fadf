import type { VerificationPolicy } from '../envelope/verify-set.ts';
import type { Link } from '../links/link.ts';

/** What a link believes now. @param audience our own issuer, which the partner's SETs must name */
export function verificationPolicy(link: Link, audience: string, now: Date): VerificationPolicy {
  const { skewMs, retentionMs, issuer, algorithms, keys } = link;
  return { now, skewMs, retentionMs, issuer, audience, algorithms, keys };
}
