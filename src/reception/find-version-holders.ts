import { type SubjectKey, subjectKeyText } from '../register/subject-key.ts';
import type { Transaction } from '../store/database.ts';

/** One version of a subject that a message claims. */
export interface ClaimedVersion extends SubjectKey {
  version: number;
}

/** Who holds a version on record: a message, the void of a message, or, where both came, the message. */
export interface VersionHolder {
  /** The message that the version belongs to, whether it came itself or only its void did. */
  message: string;
  /** Whether the message itself is held. */
  arrived: boolean;
  /** Whether its void is held. */
  voided: boolean;
}

/**
 * Who holds these versions. A version held for another message shows that the partner was restored from an old
 * backup and drew the version twice. Asked only for versions that are not beyond the last one, so normally for none.
 *
 * @returns holders by {@link versionText}
 */
export async function findVersionHolders(
  tx: Transaction,
  claims: readonly ClaimedVersion[],
): Promise<Map<string, VersionHolder>> {
  if (claims.length === 0) return new Map();
  const rows = await tx.query<ClaimedVersion & VersionHolder>({
    name: 'reception-find-version-holders',
    text: `select u.link, u.party, u.subject, u.version, coalesce(v.message, w.message) as message,
                  v.message is not null as arrived, w.message is not null as voided
           from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as u(link, party, subject, version)
           left join subject_version v using (link, party, subject, version)
           left join version_void w using (link, party, subject, version)
           where v.message is not null or w.message is not null`,
    values: [
      claims.map((c) => c.link),
      claims.map((c) => c.party),
      claims.map((c) => c.subject),
      claims.map((c) => c.version),
    ],
  });
  return new Map(rows.map((row) => [versionText(row), row]));
}

/** One string per version of a subject, for maps. */
export function versionText(claim: ClaimedVersion): string {
  return `${subjectKeyText(claim)} ${claim.version}`;
}
