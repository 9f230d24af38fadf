/** JWS algorithms that a link may allow (protocol.md 1). Never `none`, HS*, or RSA PKCS#1 v1.5. */
export const ALGORITHMS = ['ES256', 'Ed25519', 'ES384', 'PS256', 'ML-DSA-65'] as const;

/** Post-quantum (FIPS 204, RFC 9964); the runtime calls it experimental, so a gateway must ask for it. */
export const POST_QUANTUM_ALGORITHM = 'ML-DSA-65';

export type Algorithm = (typeof ALGORITHMS)[number];

export function isAlgorithm(value: unknown): value is Algorithm {
  return ALGORITHMS.some((algorithm) => algorithm === value);
}
