import type { Algorithm } from '../../envelope/algorithms.ts';

/** A private key in a token, and how to get at it. */
export interface TokenKey {
  /** The vendor's PKCS#11 library, an absolute path. */
  library: string;
  /** Label of the token. */
  token: string;
  /** Label of the private key (CKA_LABEL). */
  label: string;
  pin: string;
}

/** Asked of the thread that speaks to the token. */
export interface TokenRequest {
  number: number;
  key: TokenKey;
  alg: Algorithm;
  input: Uint8Array;
}

export type TokenAnswer = { number: number; signature: Uint8Array } | { number: number; error: string };
