import type { SubjectKey } from '../register/subject-key.ts';
import type { Transaction } from '../store/database.ts';

/** One version of a subject that a message claims. */
export interface ClaimedVersion extends SubjectKey {
  version: number;
}

/**
 * Which of these versions are already held by another message: the partner was restored from an old backup
 * and drew the version twice. Asked only for versions that are not beyond the last one, so normally for none.
 */
export async function findVersionConflicts(
  tx: Transaction,
  claims: readonly ClaimedVersion[],
): Promise<ClaimedVersion[]> {
  if (claims.length === 0) return [];
  return tx.query<ClaimedVersion>({
    name: 'reception-find-version-conflicts',
    text: `select v.link, v.party, v.subject, v.version
           from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as u(link, party, subject, version)
           join subject_version v using (link, party, subject, version)`,
    values: [
      claims.map((c) => c.link),
      claims.map((c) => c.party),
      claims.map((c) => c.subject),
      claims.map((c) => c.version),
    ],
  });
}
