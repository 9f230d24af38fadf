import type { Party } from '../contract/party.ts';
import { columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Query, Transaction } from '../store/database.ts';
import { bucketOf } from './buckets.ts';
import type { ComparedErasure } from './erased-records.ts';
import {
  isRecord,
  type KeptHash,
  ROW_SQL,
  readSeen,
  SAID_SQL,
  SEEN_SQL,
  STANDING_SQL,
} from './kept-hashes.ts';
import { recordHash } from './record-hash.ts';
import { RowHasher } from './row-hasher.ts';
import { firstIdAfter, tellRecords } from './tell-records.ts';

/** The enterprises of one authority on one link: our own, as we said them, or the partner's, as it said them. */
export interface Register {
  link: string;
  party: Party;
  /** Of the messages that say it. */
  direction: 'out' | 'in';
}

/** Which records, as they stood when. */
export interface Asked {
  /** Versions whose id's time is up to this instant count. */
  until: Date;
  /** Messages that do not count. */
  leftOut: readonly string[];
  /** Enterprises that were erased on a side: of them only what was said later counts. */
  erased: readonly ComparedErasure[];
  /** Gives the reading up. */
  stop?: AbortSignal | undefined;
}

export interface HashedRecord {
  id: string;
  sha256: Buffer;
}

/** Rows hashed at once. */
const PAGE = 500;
/** Hashes kept after one reading: a register that is new to it is kept over some readings, and late by the indexer. */
const KEEP_MAX = 200_000;
/** At each reading the rows of one bucket in so many are hashed anew, whatever is kept of them. */
const ANEW_EVERY = 64;

/**
 * Walks through a whole register, which may take longer than any answer to a request; a million rows are joined in
 * memory.
 */
export const SCAN_SETTINGS = `set local statement_timeout = '10min'; set local work_mem = '128MB'`;

/** What one reading adds up. */
export interface Reading {
  /** Hashes of records whose rows are as they were hashed before, one after another. */
  addKept(bucket: number, hashes: Buffer): void;
  add(record: HashedRecord): void;
}

/**
 * Reads the records of a register, hashed. What stands in its rows is hashed, not what the messages would say: a row
 * that was altered beside them is to be found. A row of which every byte is as it was hashed before has its hash
 * already; the others are hashed now. Only an enterprise of which something was said after `until`, left out or
 * erased is told from its messages.
 *
 * @param tx of isolation `repeatable read`: all rows are of one moment
 * @returns hashes made now, worth keeping
 */
export async function readRegister(
  tx: Transaction,
  register: Register,
  asked: Asked,
  reading: Reading,
): Promise<KeptHash[]> {
  await tx.execute(SCAN_SETTINGS);
  const told = await readTold(tx, register, asked);
  const stale: string[] = [];
  for (const { bucket, hashes, subjects } of await readKept(tx, register, told)) {
    if (bucket !== null && hashes !== null) reading.addKept(bucket, hashes);
    for (const subject of subjects ?? []) stale.push(subject);
  }
  for (const record of (await tellRecords(tx, register, asked, told)).values()) {
    reading.add({ id: record.id, sha256: recordHash(record) });
  }
  return hashRows(tx, register, asked, stale, reading);
}

/** The records of some buckets, each of them by itself; otherwise as {@link readRegister}. */
export async function readBuckets(
  tx: Transaction,
  register: Register,
  asked: Asked,
  buckets: readonly number[],
  add: (record: HashedRecord) => void,
): Promise<KeptHash[]> {
  await tx.execute(SCAN_SETTINGS);
  const wanted = new Set(buckets);
  const told = (await readTold(tx, register, asked)).filter((id) => wanted.has(bucketOf(id)));
  const { link, party } = register;
  const rows = await joined<{ id: string; sha256: Buffer | null }>(tx, {
    name: 'reconciliation-records-of-buckets',
    text: `${SEEN} select subject as id, case when kept then sha256 end as sha256 from seen
           where coalesce(bucket, ${BUCKET_SQL('subject')}) = any ($5::integer[])`,
    values: [link, party, columnArray(told), NONE_ANEW, plainTextArray(buckets.map(String))],
  });
  const stale: string[] = [];
  for (const { id, sha256 } of rows) {
    if (sha256) add({ id, sha256 });
    else stale.push(id);
  }
  for (const record of (await tellRecords(tx, register, asked, told)).values()) {
    add({ id: record.id, sha256: recordHash(record) });
  }
  return hashRows(tx, register, asked, stale, { add });
}

/**
 * Rows with what is kept of them: `kept` where it holds. $3: enterprises told from their messages; $4: hashed anew.
 * Rows are digested before they are joined (`offset 0`): the records themselves would not fit into the memory of a join.
 */
const SEEN = `with said as (
    select v.subject, ${SAID_SQL} as said from subject_version v
    where v.link = $1 and v.party = $2 and ${STANDING_SQL} group by v.subject
  ), digested as (
    select s.subject, ${ROW_SQL} as row from subject s
    where s.link = $1 and s.party = $2 and s.kind <> 'validation' and (s.details is not null or s.status is not null)
    offset 0
  ), seen as (
    select d.subject, h.bucket, h.sha256,
      coalesce(h.bucket % ${ANEW_EVERY} <> $4 and h.seen = ${SEEN_SQL('d.row', 'said.said')}, false) as kept
    from digested d
    left join said on said.subject = d.subject
    left join record_hash h on h.link = $1 and h.party = $2 and h.subject = d.subject
    where not exists (select from unnest($3::text[]) as t(subject) where t.subject = d.subject)
  )`;
const NONE_ANEW = -1;

/**
 * A statement over a whole register, whose tables are joined by hashes. Of a register that was just loaded the planner
 * knows nothing: it expects a row, and would walk through all versions once for each enterprise.
 */
async function joined<R>(tx: Transaction, query: Query): Promise<R[]> {
  await tx.execute('set local enable_nestloop = off');
  const rows = await tx.query<R>(query);
  await tx.execute('set local enable_nestloop = on');
  return rows;
}

interface KeptBucket {
  /** Null where nothing that holds is kept. */
  bucket: number | null;
  hashes: Buffer | null;
  subjects: string[] | null;
}

function readKept(
  tx: Transaction,
  { link, party }: Register,
  told: readonly string[],
): Promise<KeptBucket[]> {
  return joined<KeptBucket>(tx, {
    name: 'reconciliation-kept',
    text: `${SEEN} select case when kept then bucket end as bucket,
             string_agg(sha256, ''::bytea) filter (where kept) as hashes,
             array_agg(subject) filter (where not kept) as subjects
           from seen group by 1`,
    values: [link, party, columnArray(told), Math.floor(Math.random() * ANEW_EVERY)],
  });
}

async function hashRows(
  tx: Transaction,
  { link, party }: Register,
  { stop }: Asked,
  subjects: readonly string[],
  { add }: Pick<Reading, 'add'>,
): Promise<KeptHash[]> {
  const keep: KeptHash[] = [];
  await using hasher = new RowHasher();
  const page = (from: number) => readSeen(tx, link, party, subjects.slice(from, from + PAGE));
  let next = page(0);
  for (let from = 0; from < subjects.length; from += PAGE) {
    stop?.throwIfAborted();
    const rows = (await next).filter(isRecord);
    // The database reads the next page while this one is hashed; its failure is seen when it is awaited.
    next = page(from + PAGE);
    next.catch(() => undefined);
    const hashes = await hasher.hash(rows);
    for (const [n, { subject, seen }] of rows.entries()) {
      const sha256 = hashes[n];
      if (!sha256) continue;
      add({ id: subject, sha256 });
      if (keep.length < KEEP_MAX) keep.push({ subject, seen, sha256 });
    }
  }
  await next;
  return keep;
}

/** Enterprises whose rows are not what they were at `until`, or say what no longer counts. */
async function readTold(
  tx: Transaction,
  { link, party, direction }: Register,
  { until, leftOut, erased }: Asked,
): Promise<string[]> {
  const rows = await tx.query<{ subject: string }>({
    name: 'reconciliation-told',
    text: `with told as (
             select subject from message where link = $1 and direction = $3 and id >= $4 and version is not null
             union
             select subject from message where link = $1 and direction = $3 and id = any ($5::uuid[])
             union
             select subject from unnest($6::text[]) as e(subject)
           )
           select s.subject from told join subject s on s.link = $1 and s.party = $2 and s.subject = told.subject
           where s.kind <> 'validation'`,
    values: [link, party, direction, firstIdAfter(until), leftOut, columnArray(erased.map(({ id }) => id))],
  });
  return rows.map((row) => row.subject);
}

/** The first 12 bits of the hash of the id, as {@link bucketOf} has it. */
export const BUCKET_SQL = (column: string): string =>
  `(('x' || left(encode(sha256(convert_to(${column}, 'UTF8')), 'hex'), 3))::bit(12)::integer)`;
