import type { Algorithm } from './algorithms.ts';

/** A public key of the partner, pinned by an operator. */
export interface VerificationKey {
  kid: string;
  alg: Algorithm;
  key: CryptoKey;
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: string;
  /** The key verifies what was issued (`iat`) from notBefore to notAfter, both included. */
  notBefore?: Date;
  notAfter?: Date;
}

/** By `kid`. A map, so that a `kid` such as `__proto__` finds nothing. */
export type VerificationKeys = ReadonlyMap<string, VerificationKey>;
