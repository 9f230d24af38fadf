import type { PartnerAuditKeys } from '../audit/partner-audit-keys.ts';
import type { LinkConfig } from '../config/config.ts';
import type { VerificationKeys } from '../envelope/verification-keys.ts';

/** One partner of this gateway and how we deal with it: the configuration of a link with its keys loaded. */
export interface Link extends Omit<LinkConfig, 'jwks' | 'auditKeys'> {
  /** The partner's pinned keys. */
  keys: VerificationKeys;
  /** Absent where the two sides do not cosign each other's audit log. */
  audit?: PartnerAuditKeys;
}
