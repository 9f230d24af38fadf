import { plainTextArray } from '../store/array-literal.ts';
import type { Database, Transaction } from '../store/database.ts';
import { mendSubjects } from './mend-subjects.ts';
import { BUCKET_SQL, type Register, SCAN_SETTINGS } from './read-records.ts';

/** Subjects of one transaction. */
const CHUNK = 500;
/** Enterprises that are all read again from their messages; more of them differ only where a store is broken. */
const THOROUGH_MAX = 20_000;

/**
 * Puts right what of these buckets is not as the signed messages say: rows without a version behind them, versions
 * without a row, versions that are missing; thoroughly, each row, which reads every message that counts.
 *
 * @returns the enterprises that were put right
 */
export async function mendBuckets(
  database: Database,
  register: Register,
  buckets: readonly number[],
  { thorough }: { thorough: boolean },
): Promise<string[]> {
  const suspects = await database.transaction(async (tx) => {
    await tx.execute(SCAN_SETTINGS);
    const without = await unfounded(tx, register, buckets);
    return thorough ? [...new Set([...without, ...(await allOf(tx, register, buckets))])].sort() : without;
  });
  return mendAll(database, register, suspects);
}

/** @returns those that were put right */
export async function mendAll(
  database: Database,
  register: Register,
  subjects: readonly string[],
): Promise<string[]> {
  const mended: string[] = [];
  for (let from = 0; from < subjects.length; from += CHUNK) {
    const chunk = subjects.slice(from, from + CHUNK);
    const ids = await database.transaction((tx) => mendSubjects(tx, register, chunk, new Date()));
    mended.push(...ids);
  }
  return mended;
}

async function unfounded(
  tx: Transaction,
  { link, party }: Register,
  buckets: readonly number[],
): Promise<string[]> {
  const rows = await tx.query<{ subject: string }>({
    name: 'reconciliation-unfounded',
    text: `select subject from subject s
           where link = $1 and party = $2 and kind <> 'validation' and ${BUCKET_SQL('subject')} = any ($3::integer[])
             and not exists (select from subject_version v
                             where v.link = s.link and v.party = s.party and v.subject = s.subject)
             and not exists (select from version_void w
                             where w.link = s.link and w.party = s.party and w.subject = s.subject)
           union
           select subject from subject_version v
           where link = $1 and party = $2 and type <> 'validation-result' and ${BUCKET_SQL('subject')} = any ($3::integer[])
             and not exists (select from subject s
                             where s.link = v.link and s.party = v.party and s.subject = v.subject)
           union
           select subject from subject s
           where link = $1 and party = $2 and kind <> 'validation' and ${BUCKET_SQL('subject')} = any ($3::integer[])
             and last_version > (
               select count(*) from (
                 select version from subject_version v
                 where v.link = s.link and v.party = s.party and v.subject = s.subject
                 union
                 select version from version_void w
                 where w.link = s.link and w.party = s.party and w.subject = s.subject) held)
           order by subject`,
    values: [link, party, plainTextArray(buckets.map(String))],
  });
  return rows.map((row) => row.subject);
}

async function allOf(
  tx: Transaction,
  { link, party }: Register,
  buckets: readonly number[],
): Promise<string[]> {
  const rows = await tx.query<{ subject: string }>({
    name: 'reconciliation-subjects-of-buckets',
    text: `select subject from subject
           where link = $1 and party = $2 and kind <> 'validation' and ${BUCKET_SQL('subject')} = any ($3::integer[])
           order by subject limit $4`,
    values: [link, party, plainTextArray(buckets.map(String)), THOROUGH_MAX],
  });
  return rows.map((row) => row.subject);
}
