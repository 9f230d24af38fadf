import { createHash, randomBytes } from 'node:crypto';
import type { Purpose } from './purposes.ts';
import type { Role, Scope } from './roles.ts';

/** Who a request comes from: the holder of a token. */
export interface Principal {
  id: string;
  name: string;
  role: Role;
  scopes: ReadonlySet<Scope>;
  /** What its reads are for, when the request does not say. */
  purpose?: Purpose;
  /** The only link it may use; absent: any. */
  link?: string;
}

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
