import type { JWK } from 'jose';
import type { Algorithm } from '../envelope/algorithms.ts';
import type { EncryptionJwk, OwnDecryptionKey } from './decryption-keys.ts';
import type { KeyRing } from './key-ring.ts';

/** A public key with the time it is valid, `nbf` to `exp`, seconds since 1970 as OpenID Federation has it. */
export type PublicJwk = JWK & { kid: string; nbf: number; exp?: number };

/** A JSON Web Key Set (RFC 7517, 5). */
export interface PublicJwks {
  keys: (PublicJwk | EncryptionJwk)[];
}

/** What `/.well-known/jwks.json` and `mra keys export` give away: public members only. */
export function publicJwks(
  ring: Pick<KeyRing, 'keys'>,
  encryption: readonly Pick<OwnDecryptionKey, 'publicJwk'>[] = [],
): PublicJwks {
  return { keys: [...ring.keys, ...encryption].map((key) => key.publicJwk) };
}

/** The members that make up a public key, by `kty` (RFC 7518, 6; RFC 8037, 2). Nothing else is ever copied. */
const publicMembers: Record<string, readonly (keyof JWK)[]> = {
  EC: ['kty', 'crv', 'x', 'y'],
  OKP: ['kty', 'crv', 'x'],
  RSA: ['kty', 'n', 'e'],
  AKP: ['kty', 'pub'],
};

/** The public part of a key of a key of our own. */
export function publicPart(
  jwk: JWK & { kid: string },
  { alg, notBefore, notAfter }: { alg: Algorithm; notBefore: Date; notAfter?: Date },
): PublicJwk {
  const members = publicMembers[jwk.kty ?? ''] ?? [];
  return {
    ...Object.fromEntries(members.map((name) => [name, jwk[name]])),
    kid: jwk.kid,
    alg,
    use: 'sig',
    nbf: notBefore.getTime() / 1000,
    ...(notAfter ? { exp: Math.floor(notAfter.getTime() / 1000) } : {}),
  };
}
