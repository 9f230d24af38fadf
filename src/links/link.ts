import type { LinkConfig } from '../config/config.ts';
import type { VerificationKeys } from '../envelope/verification-keys.ts';

/** One partner of this gateway and how we deal with it: the configuration of a link with its keys loaded. */
export interface Link extends Omit<LinkConfig, 'jwks'> {
  /** The partner's pinned keys. */
  keys: VerificationKeys;
}
