import type { JWK } from 'jose';
import type { Algorithm } from '../envelope/algorithms.ts';

/** NIST SP 800-131A: the least that is still fit to sign until 2030. */
const RSA_BITS_MIN = 2048;

/**
 * The one algorithm a public key may be used with, by its kind and, where it says so, its `alg`. A key for several
 * algorithms would let the sender of a token choose (RFC 8725, 3.1).
 *
 * @returns undefined for keys that no link may use: too short, of another kind, or of an `alg` that does not fit
 */
export function keyAlgorithm(jwk: JWK): Algorithm | undefined {
  const algorithm = byKind(jwk);
  if (algorithm === undefined || jwk.alg === undefined) return jwk.kty === 'RSA' ? undefined : algorithm;
  // RFC 9864 gave Ed25519 its own name; EdDSA is what older software calls it.
  const named = jwk.alg === 'EdDSA' ? 'Ed25519' : jwk.alg;
  return named === algorithm ? algorithm : undefined;
}

function byKind(jwk: JWK): Algorithm | undefined {
  switch (jwk.kty) {
    case 'EC':
      return jwk.crv === 'P-256' ? 'ES256' : jwk.crv === 'P-384' ? 'ES384' : undefined;
    case 'OKP':
      return jwk.crv === 'Ed25519' ? 'Ed25519' : undefined;
    case 'RSA':
      return modulusBits(jwk.n) >= RSA_BITS_MIN ? 'PS256' : undefined;
    case 'AKP':
      return jwk.alg === 'ML-DSA-65' ? 'ML-DSA-65' : undefined;
    default:
      return undefined;
  }
}

function modulusBits(n: string | undefined): number {
  const hex = Buffer.from(n ?? '', 'base64url')
    .toString('hex')
    .replace(/^0+/, '');
  return hex === '' ? 0 : BigInt(`0x${hex}`).toString(2).length;
}
