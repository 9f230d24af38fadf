import { KeyObject, type SigningOptions } from 'node:crypto';
import type { Algorithm } from './algorithms.ts';

/** How Node's own calls make and verify signatures of an algorithm. */
export interface SignatureScheme {
  hash: string | null;
  options: SigningOptions;
  /** Where the algorithm fixes it: r ‖ s, each as long as the order of the curve, and never DER. */
  signatureBytes?: number;
}

const RSA_PKCS1_PSS_PADDING = 6;

/** RFC 7518, 3.4 and 3.5; RFC 8037, 3.1. */
export const signatureSchemes: Readonly<Record<Algorithm, SignatureScheme>> = {
  ES256: { hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' }, signatureBytes: 64 },
  ES384: { hash: 'sha384', options: { dsaEncoding: 'ieee-p1363' }, signatureBytes: 96 },
  Ed25519: { hash: null, options: {}, signatureBytes: 64 },
  PS256: { hash: 'sha256', options: { padding: RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  'ML-DSA-65': { hash: null, options: {} },
};

const keyObjects = new WeakMap<CryptoKey, KeyObject>();

/** The same key as Node's own calls take it. */
export function keyObjectOf(key: CryptoKey): KeyObject {
  let object = keyObjects.get(key);
  if (!object) {
    object = KeyObject.from(key);
    keyObjects.set(key, object);
  }
  return object;
}
