import { byteaArray, columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import { bucketOf } from './buckets.ts';
import { type RegisterRow, rowHash } from './record-hash.ts';

/** A row of the register with what its hash is kept by. */
export interface SeenRow extends RegisterRow {
  /** The digest of the row and of its versions as they stand. */
  seen: Buffer;
}

export interface KeptHash {
  subject: string;
  seen: Buffer;
  sha256: Buffer;
}

/** What the versions `v` of a subject say, whatever their order: one number that another version or cell changes. */
export const SAID_SQL = `bit_xor(hash_record_extended(
  row(v.version, v.counts_as, v.message, v.effective, v.regime, v.grade, v.status), 0))`;

/** Versions that stand, of enterprises. */
export const STANDING_SQL = `not v.refused and v.type <> 'validation-result'`;

/**
 * Every byte of the row `s` that goes into its hash, digested. The server reads and digests a million rows in some
 * seconds; parsing them, which this saves, takes minutes.
 */
export const ROW_SQL = `sha256(convert_to(
  row(s.details_version, s.standing_version, s.effective, s.regime, s.grade, s.status)::text
  || coalesce(s.details::text, ''), 'UTF8'))`;

/** What a hash is kept by: the digest of its row, and what its versions say. */
export const SEEN_SQL = (row: string, said: string): string => `${row} || int8send(coalesce(${said}, 0))`;

/** Rows of these subjects, with their versions; those that have none are absent. */
export function readSeen(
  tx: Pick<Transaction, 'query'>,
  link: string,
  party: string,
  subjects: readonly string[],
): Promise<SeenRow[]> {
  return tx.query<SeenRow>({
    name: 'reconciliation-read-seen',
    text: `select s.subject, s.details, s.details_version as "detailsVersion",
             s.standing_version as "standingVersion", s.effective, s.regime, s.grade, s.status, said.versions,
             ${SEEN_SQL(ROW_SQL, 'said.said')} as seen
           from unnest($3::text[]) as u(subject)
           join subject s on s.link = $1 and s.party = $2 and s.subject = u.subject
           left join lateral (
             select ${SAID_SQL} as said,
               json_agg(json_build_object('version', v.version, 'countsAs', v.counts_as, 'message', v.message,
                 'effective', v.effective, 'regime', v.regime, 'grade', v.grade, 'status', v.status)
                 order by v.version) as versions
             from subject_version v
             where v.link = s.link and v.party = s.party and v.subject = s.subject and ${STANDING_SQL}) said on true
           where s.kind <> 'validation'`,
    values: [link, party, columnArray(subjects)],
  });
}

/** Keeps hashes for the next comparison. They say nothing that the rows do not: the later one wins. */
export async function keepHashes(
  tx: Pick<Transaction, 'query'>,
  link: string,
  party: string,
  hashes: readonly KeptHash[],
): Promise<void> {
  if (hashes.length === 0) return;
  const ordered = hashes.toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
  await tx.query({
    name: 'reconciliation-keep-hashes',
    text: `insert into record_hash as h (link, party, subject, bucket, seen, sha256)
           select $1, $2, u.* from unnest($3::text[], $4::integer[], $5::bytea[], $6::bytea[])
             as u(subject, bucket, seen, sha256)
           on conflict (link, party, subject) do update
             set bucket = excluded.bucket, seen = excluded.seen, sha256 = excluded.sha256
             where h.seen <> excluded.seen or h.sha256 <> excluded.sha256 or h.bucket <> excluded.bucket`,
    values: [
      link,
      party,
      columnArray(ordered.map((h) => h.subject)),
      plainTextArray(ordered.map((h) => String(bucketOf(h.subject)))),
      byteaArray(ordered.map((h) => h.seen)),
      byteaArray(ordered.map((h) => h.sha256)),
    ],
  });
}

/** Of these buckets every row is hashed anew: what is kept of them may be what is wrong. */
export async function forgetHashes(
  tx: Pick<Transaction, 'query'>,
  { link, party }: { link: string; party: string },
  buckets: readonly number[],
): Promise<void> {
  await tx.query({
    name: 'reconciliation-forget-hashes',
    text: 'delete from record_hash where link = $1 and party = $2 and bucket = any ($3::integer[])',
    values: [link, party, plainTextArray(buckets.map(String))],
  });
}

/** Hashes what a load has brought, late and in the background, so that the next comparison finds it done. */
export async function hashLate(
  tx: Pick<Transaction, 'query'>,
  subjects: readonly { link: string; party: string; subject: string }[],
): Promise<void> {
  const registers = Map.groupBy(subjects, ({ link, party }) => JSON.stringify([link, party]));
  for (const some of registers.values()) {
    const [{ link, party } = { link: '', party: '' }] = some;
    const rows = await readSeen(tx, link, party, [...new Set(some.map(({ subject }) => subject))]);
    const hashes = rows.filter(isRecord).map((row) => ({ ...row, sha256: rowHash(row) }));
    await keepHashes(tx, link, party, hashes);
  }
}

/** An enterprise of which nothing is said has no record. */
export function isRecord({ details, status }: Pick<RegisterRow, 'details' | 'status'>): boolean {
  return details !== null || status !== null;
}
