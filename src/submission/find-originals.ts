import type { Original } from '../contract/check-against-register.ts';
import { type SubjectKey, subjectKeyText } from '../register/subject-key.ts';
import type { Transaction } from '../store/database.ts';

export interface VersionKey extends SubjectKey {
  version: number;
}

/** @returns a text that no other version has */
export function versionKeyText(key: VersionKey): string {
  return `${subjectKeyText(key)} ${key.version}`;
}

/** The messages that hold these versions, by {@link versionKeyText}. Their subjects are locked by the caller. */
export async function findOriginals(
  tx: Pick<Transaction, 'query'>,
  versions: readonly VersionKey[],
): Promise<Map<string, Original>> {
  if (versions.length === 0) return new Map();
  const rows = await tx.query<VersionKey & Original>({
    name: 'submission-find-originals',
    text: `select v.link, v.party, v.subject, v.version, v.message as "messageId", v.type
           from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as u(link, party, subject, version)
           join subject_version v on v.link = u.link and v.party = u.party and v.subject = u.subject
             and v.version = u.version`,
    values: [
      versions.map((v) => v.link),
      versions.map((v) => v.party),
      versions.map((v) => v.subject),
      versions.map((v) => v.version),
    ],
  });
  return new Map(rows.map((row) => [versionKeyText(row), row]));
}
