import type { Database } from '../store/database.ts';
import type { Purpose } from './purposes.ts';
import type { Role, Scope } from './roles.ts';

/** A token as operators see it; the token itself is nowhere. */
export interface ListedAccess {
  id: string;
  name: string;
  role: Role;
  scopes: Scope[];
  purpose: Purpose | null;
  link: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  state: 'valid' | 'expired' | 'revoked';
}

/** All tokens, the oldest first. There are as many as systems and people, so they are not paged. */
export async function listAccess(database: Database, now: Date): Promise<ListedAccess[]> {
  return database.query<ListedAccess>({
    name: 'access-token-list',
    text: `select id, name, role, scopes, purpose, link, created_at as "createdAt", expires_at as "expiresAt",
             revoked_at as "revokedAt",
             case when revoked_at is not null then 'revoked' when expires_at <= $1 then 'expired' else 'valid' end as state
           from access_token order by created_at, id`,
    values: [now],
  });
}
