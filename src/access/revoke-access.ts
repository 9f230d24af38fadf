import type { Database } from '../store/database.ts';
import { AccessError } from './access-error.ts';
import type { Audit } from './audit.ts';

/**
 * Revokes a token, with its audit entry; every gateway process refuses it within the cache time of read-token.ts.
 *
 * @param nameOrId of the token
 * @param actor who revokes it
 * @throws AccessError `not-found` when there is none in force
 */
export async function revokeAccess(
  database: Database,
  audit: Audit,
  nameOrId: string,
  actor: string,
  now: Date,
): Promise<{ name: string }> {
  return database.transaction(async (tx) => {
    const [revoked] = await tx.query<{ id: string; name: string }>({
      name: 'access-token-revoke',
      text: `update access_token set revoked_at = $2
             where (name = $1 or id::text = $1) and revoked_at is null returning id, name`,
      values: [nameOrId, now],
    });
    if (!revoked)
      throw new AccessError(
        'not-found',
        `There is no token ${nameOrId} in force. mra access list shows them.`,
      );
    await audit(tx, [{ kind: 'access-revoked', actor, access: revoked.id, name: revoked.name }], now);
    return { name: revoked.name };
  });
}
