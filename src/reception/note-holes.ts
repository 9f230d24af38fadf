import type { SubjectKey } from '../register/subject-key.ts';
import type { Transaction } from '../store/database.ts';

export interface VersionAt extends SubjectKey {
  version: number;
}

/** Holes kept per message: a version far ahead names the nearest ones missing, not a million rows. */
export const HOLES_PER_MESSAGE_MAX = 1_000;

/** The versions between the last one held and the one that came. */
export function holesBetween(key: SubjectKey, last: number, version: number): VersionAt[] {
  const count = Math.min(Math.max(0, version - last - 1), HOLES_PER_MESSAGE_MAX);
  return Array.from({ length: count }, (_, n) => ({ ...key, version: last + 1 + n }));
}

/** Notes versions that are missing and forgets those that came after all. */
export async function noteHoles(
  tx: Transaction,
  opened: readonly VersionAt[],
  filled: readonly VersionAt[],
  now: Date,
): Promise<void> {
  if (opened.length === 0 && filled.length === 0) return;
  const columns = (list: readonly VersionAt[]): unknown[] => [
    list.map((v) => v.link),
    list.map((v) => v.party),
    list.map((v) => v.subject),
    list.map((v) => v.version),
  ];
  await tx.query({
    name: 'reception-note-holes',
    text: `with filled as (
             delete from version_hole h
             using unnest($6::text[], $7::text[], $8::text[], $9::bigint[]) as u(link, party, subject, version)
             where h.link = u.link and h.party = u.party and h.subject = u.subject and h.version = u.version
           )
           insert into version_hole (link, party, subject, version, seen_at)
           select *, $1 from unnest($2::text[], $3::text[], $4::text[], $5::bigint[])
           on conflict do nothing`,
    values: [now, ...columns(opened), ...columns(filled)],
  });
}
