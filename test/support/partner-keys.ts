import { exportJWK, exportSPKI, generateKeyPair, type JWK } from 'jose';

/** A key of the partner that a test signs with, and what the gateway pinned of it. */
export interface PartnerSigner {
  kid: string;
  privateKey: CryptoKey;
  /** As in the pinned list. */
  publicJwk: JWK & { kid: string };
  /** PEM, the text that a confused verifier would take for a secret. */
  publicPem: string;
}

/** @param validity members `nbf` and `exp` of the pinned key, seconds since 1970 */
export async function makePartnerSigner(
  kid: string,
  validity: { nbf?: number; exp?: number } = {},
): Promise<PartnerSigner> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    kid,
    privateKey,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig', ...validity },
    publicPem: await exportSPKI(publicKey),
  };
}

/** ECDSA over P-256 and SHA-256: 64 bytes, r ‖ s (RFC 7518, 3.4). */
export async function signInput(input: string, { privateKey }: PartnerSigner): Promise<Buffer> {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  return Buffer.from(await crypto.subtle.sign(algorithm, privateKey, Buffer.from(input, 'latin1')));
}
