import type { PartnerAuditKeys } from '../audit/partner-audit-keys.ts';
import type { LinkConfig } from '../config/config.ts';
import type { EncryptionKey } from '../envelope/seal-set.ts';
import type { VerificationKeys } from '../envelope/verification-keys.ts';

/** One partner of this gateway and how we deal with it: the configuration of a link with its keys loaded. */
export interface Link extends Omit<LinkConfig, 'jwks' | 'auditKeys'> {
  /** The partner's pinned keys. */
  keys: VerificationKeys;
  /** The partner's pinned keys that SETs to it are encrypted to. */
  encryptionKeys: readonly EncryptionKey[];
  /** Absent where the two sides do not cosign each other's audit log. */
  audit?: PartnerAuditKeys;
}
