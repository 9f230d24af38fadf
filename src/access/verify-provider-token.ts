import { errors, type JWTPayload, jwtVerify } from 'jose';
import { AccessError } from './access-error.ts';
import type { ProviderKeys } from './provider-keys.ts';
import { isPurpose } from './purposes.ts';
import type { TokenReader } from './read-token.ts';
import { isRole, isScope, type Role, roles, type Scope } from './roles.ts';
import type { Principal } from './tokens.ts';

/** The administration's identity provider, and what we believe of its tokens. */
export interface IdentityProvider {
  /** `iss`, to the letter. */
  issuer: string;
  /** Our name at the provider, one of the token's `aud`. */
  audience: string;
  /** JWS algorithms taken; never `none` or a symmetric one. */
  algorithms: readonly string[];
  /** What stands before our scopes and roles in the provider's, e.g. `mra:`. */
  scopePrefix: string;
  /** A token that is valid for longer, `iat` to `exp`, is not taken: it cannot be revoked here. */
  lifetimeMsMax: number;
  keys: ProviderKeys;
}

/** The provider's clock against ours; both are on one network. */
const CLOCK_TOLERANCE_SECONDS = 30;
const NAME_LENGTH_MAX = 200;

/**
 * Reads access tokens of the identity provider (RFC 9068): `typ` at+jwt, signature with a key of the provider's own
 * list, `iss`, `aud`, `exp`, and the claims that section 2.2 requires. What it may do is the scopes of ours in
 * `scope`, and those of the roles of ours in `roles`; the claims `mra_link` and `mra_purpose` bind it as a token of
 * ours would be.
 *
 * @throws AccessError `provider-unreachable`
 */
export function providerTokenReader(
  provider: IdentityProvider,
  now: () => Date = () => new Date(),
): TokenReader {
  return {
    async read(token) {
      const claims = await verify(token, provider, now());
      return claims && principalOfClaims(claims, provider);
    },
  };
}

async function verify(
  token: string,
  { issuer, audience, algorithms, keys }: IdentityProvider,
  now: Date,
): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: [...algorithms],
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
    });
    return payload;
  } catch (cause) {
    if (isFaultOfToken(cause)) return undefined;
    throw new AccessError(
      'provider-unreachable',
      'The keys of the identity provider cannot be read, so its tokens cannot be checked now.',
      { cause },
    );
  }
}

/** Everything else that jose throws here is about fetching or reading the key list. */
function isFaultOfToken(error: unknown): boolean {
  return [
    errors.JWTClaimValidationFailed,
    errors.JWTExpired,
    errors.JWTInvalid,
    errors.JWSInvalid,
    errors.JWSSignatureVerificationFailed,
    errors.JOSEAlgNotAllowed,
    errors.JOSENotSupported,
    errors.JWKSNoMatchingKey,
    errors.JWKSMultipleMatchingKeys,
  ].some((kind) => error instanceof kind);
}

/** @returns undefined where the claims bind the token to something that we do not understand: nothing is guessed */
function principalOfClaims(claims: JWTPayload, provider: IdentityProvider): Principal | undefined {
  const { sub, client_id, iat, exp, mra_link: link, mra_purpose: purpose } = claims;
  if (typeof sub !== 'string' || typeof client_id !== 'string' || iat === undefined || exp === undefined) {
    return undefined;
  }
  if ((exp - iat) * 1000 > provider.lifetimeMsMax) return undefined;
  if (link !== undefined && typeof link !== 'string') return undefined;
  if (purpose !== undefined && !(typeof purpose === 'string' && isPurpose(purpose))) return undefined;
  const named = rolesOf(claims.roles, provider.scopePrefix);
  const granted = [
    ...scopesOf(claims.scope, provider.scopePrefix),
    ...named.flatMap((role) => [...roles[role]]),
  ];
  // A client that acts for itself is its own subject (RFC 9068, 2.2).
  const name = `oauth:${printable(client_id)}${sub === client_id ? '' : `/${printable(sub)}`}`;
  if (name.length > NAME_LENGTH_MAX) return undefined;
  return {
    id: name,
    name,
    person: `oauth:${sub}`,
    scopes: new Set(granted),
    expiresAt: new Date(exp * 1000),
    ...(named[0] === undefined ? {} : { role: named[0] }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(link === undefined ? {} : { link }),
  };
}

/** A name goes into logs, lines and headers. */
function printable(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%40', '@').replaceAll('%3A', ':');
}

function scopesOf(claim: unknown, prefix: string): Scope[] {
  return typeof claim === 'string' ? ours(claim.split(' '), prefix).filter(isScope) : [];
}

function rolesOf(claim: unknown, prefix: string): Role[] {
  return Array.isArray(claim) ? ours(claim, prefix).filter(isRole) : [];
}

function ours(names: readonly unknown[], prefix: string): string[] {
  return names.flatMap((name) =>
    typeof name === 'string' && name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  );
}
