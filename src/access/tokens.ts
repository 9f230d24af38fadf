import { createHash, randomBytes } from 'node:crypto';
import type { Purpose } from './purposes.ts';
import type { Role, Scope } from './roles.ts';

/** Who a request comes from: the holder of a token. */
export interface Principal {
  id: string;
  /** In logs, audit entries and the idempotency of requests. */
  name: string;
  /** Who acts, whatever client is used: an act that needs two people needs two of these. The name, where absent. */
  person?: string;
  /** Absent where a token names scopes and no role. */
  role?: Role;
  scopes: ReadonlySet<Scope>;
  /** What its reads are for, when the request does not say. */
  purpose?: Purpose;
  /** The only link it may use; absent: every one. */
  link?: string;
  /** The token of ours that was shown; absent for one of the identity provider. */
  accessToken?: string;
  /** When the token ends; absent: when it is revoked. */
  expiresAt?: Date;
}

/** Principals that are not holders of tokens of ours bear names that begin so. */
export const RESERVED_NAMES = ['oauth:', 'cli:', 'mra '] as const;

/** 256 random bits; the prefix lets secret scanners and our own log find one that strayed. */
export function newToken(): string {
  return `mra_${randomBytes(32).toString('base64url')}`;
}

export function isTokenShaped(text: string): boolean {
  return /^mra_[\w-]{43}$/.test(text);
}

/** What is stored of a token. 256 random bits need neither salt nor a slow hash. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function personOf({ person, name }: Pick<Principal, 'person' | 'name'>): string {
  return person ?? name;
}
