import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import { AccessError } from './access-error.ts';
import type { Audit } from './audit.ts';
import type { Purpose } from './purposes.ts';
import { type Role, roles, type Scope } from './roles.ts';
import { hashToken, newToken, RESERVED_NAMES } from './tokens.ts';

/** A token to be granted. */
export interface Grant {
  /** Of the system or person that holds it; in the logs it stands for them, so it is never given twice. */
  name: string;
  role: Role;
  /** Exactly these instead of the role's. */
  scopes?: readonly Scope[] | undefined;
  purpose?: Purpose | undefined;
  link?: string | undefined;
  expiresAt?: Date | undefined;
}

export interface GrantedAccess {
  id: string;
  /** Shown now and never again: only its hash is stored. */
  token: string;
  scopes: readonly Scope[];
}

/**
 * Grants a token, with its audit entry.
 *
 * @param actor who grants it
 * @throws AccessError `name-taken`, `name-reserved`
 */
export async function grantAccess(
  database: Database,
  audit: Audit,
  grant: Grant,
  actor: string,
  now: Date,
): Promise<GrantedAccess> {
  if (RESERVED_NAMES.some((prefix) => grant.name.startsWith(prefix))) {
    const reserved = RESERVED_NAMES.map((prefix) => JSON.stringify(prefix)).join(', ');
    throw new AccessError('name-reserved', `A name that begins with one of ${reserved} stands for others.`);
  }
  const id = uuidv7();
  const token = newToken();
  const { name, role, purpose = null, link = null, expiresAt = null } = grant;
  const scopes = grant.scopes ?? roles[role];
  try {
    await database.transaction(async (tx) => {
      await tx.query({
        name: 'access-token-grant',
        text: `insert into access_token (id, name, role, scopes, purpose, link, sha256, created_at, expires_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values: [id, name, role, scopes, purpose, link, hashToken(token), now, expiresAt],
      });
      const expires = expiresAt?.toISOString() ?? null;
      await audit(
        tx,
        [{ kind: 'access-granted', actor, access: id, name, role, scopes, purpose, link, expires }],
        now,
      );
    });
  } catch (error) {
    if (error instanceof StoreError && error.constraint === 'access_token_name_key') {
      throw new AccessError(
        'name-taken',
        `The name ${name} is taken. Choose another; a revoked token keeps its name in the logs.`,
      );
    }
    throw error;
  }
  return { id, token, scopes };
}
