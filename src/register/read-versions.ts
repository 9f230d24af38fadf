import type { BusinessMessage } from '../contract/messages.ts';
import { readStoredSet } from '../envelope/read-set.ts';
import type { Database } from '../store/database.ts';
import type { StoredVersion } from './state-at.ts';
import { type SubjectKey, subjectKeyText } from './subject-key.ts';

/**
 * All versions of these subjects, refused ones too, by {@link subjectKeyText}.
 *
 * @param asOf only what was known then
 */
export async function readVersions(
  database: Pick<Database, 'query'>,
  subjects: readonly SubjectKey[],
  asOf?: Date,
): Promise<Map<string, StoredVersion[]>> {
  const bySubject = new Map<string, StoredVersion[]>();
  if (subjects.length === 0) return bySubject;
  const rows = await database.query<StoredVersion>({
    name: 'register-read-versions',
    text: `select v.link, v.party, v.subject, v.version, v.counts_as as "countsAs", v.message, v.type, v.refused,
             v.effective, v.regime, v.grade, v.status, v.at
           from unnest($1::text[], $2::text[], $3::text[]) as u(link, party, subject)
           join subject_version v on v.link = u.link and v.party = u.party and v.subject = u.subject
           where $4::timestamptz is null or v.at <= $4`,
    values: [
      subjects.map((s) => s.link),
      subjects.map((s) => s.party),
      subjects.map((s) => s.subject),
      asOf ?? null,
    ],
  });
  for (const row of rows) {
    const key = subjectKeyText(row);
    const list = bySubject.get(key);
    if (list) list.push(row);
    else bySubject.set(key, [row]);
  }
  return bySubject;
}

/** What messages say, from their own bytes, by message id. An erased one is absent. */
export async function readMessageData(
  database: Pick<Database, 'query'>,
  versions: readonly Pick<StoredVersion, 'message' | 'link'>[],
): Promise<Map<string, BusinessMessage['data']>> {
  if (versions.length === 0) return new Map();
  const rows = await database.query<{ id: string; jws: string }>({
    name: 'register-read-message-data',
    text: `select m.id, m.jws from unnest($1::uuid[], $2::text[]) as u(id, link)
           join message m on m.id = u.id and m.link = u.link
           where m.jws is not null`,
    values: [versions.map((v) => v.message), versions.map((v) => v.link)],
  });
  return new Map(rows.map(({ id, jws }) => [id, readStoredSet(jws).event.data as BusinessMessage['data']]));
}
