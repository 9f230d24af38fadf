import type { Party } from '../contract/party.ts';
import { readMessageData, readVersions } from '../register/read-versions.ts';
import { stateAt } from '../register/state-at.ts';
import { subjectKeyText } from '../register/subject-key.ts';
import { plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import { lowestId } from '../store/partitions.ts';
import { type ComparedRecord, type RegisterRow, recordHash } from './record-hash.ts';
import { RowHasher } from './row-hasher.ts';

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
  /** Gives the reading up. */
  stop?: AbortSignal | undefined;
  /** Only the records of these buckets. */
  buckets?: readonly number[];
}

export interface HashedRecord {
  id: string;
  sha256: Buffer;
}

/** Rows read at once: two milliseconds of this process, after which requests have their turn. */
const PAGE = 500;

/**
 * The records of a register in no order, hashed, a page at a time. What stands in the register's own rows is
 * hashed, not what its messages would say: a row that was altered beside them is to be found. Only an enterprise of
 * which something was said after `until`, or left out, is told from its messages.
 *
 * @param tx of isolation `repeatable read`: all pages are of one moment
 */
export async function* readRecords(
  tx: Transaction,
  register: Register,
  asked: Asked,
): AsyncGenerator<HashedRecord[]> {
  await tx.execute(SCAN_TIMEOUT);
  const moved = await readMoved(tx, register, asked);
  await tx.execute(BY_PLACE);
  await using hasher = new RowHasher();
  let next = readPage(tx, register, asked, BEFORE_ALL);
  for (;;) {
    asked.stop?.throwIfAborted();
    const rows = await next;
    const last = rows.at(-1);
    if (!last) return;
    const isLast = rows.length < PAGE;
    // The database reads the next page while this one is hashed.
    if (!isLast) next = readPage(tx, register, asked, last.place);
    // Its failure is seen when it is awaited.
    next.catch(() => undefined);
    const still = rows.filter((row) => !moved.has(row.subject)).map(({ place: _, ...row }) => row);
    const hashes = await hasher.hash(still);
    const hashed = new Map(still.map((row, n) => [row.subject, hashes[n]]));
    const told = await tellRecords(
      tx,
      register,
      asked,
      rows.map((row) => row.subject).filter((id) => moved.has(id)),
    );
    for (const record of told.values()) hashed.set(record.id, recordHash(record));
    yield rows.flatMap(({ subject, details, status }) => {
      const sha256 = hashed.get(subject);
      const isRecord = told.has(subject) || (!moved.has(subject) && (details !== null || status !== null));
      return sha256 && isRecord ? { id: subject, sha256 } : [];
    });
    if (isLast) return;
  }
}

/** Looking for a few buckets walks through the whole index, which may take longer than any answer to a request. */
export const SCAN_TIMEOUT = `set local statement_timeout = '10min'`;

/** Enterprises whose rows are not what they were at `until`. */
async function readMoved(
  tx: Transaction,
  { link, direction }: Register,
  { until, leftOut }: Asked,
): Promise<Set<string>> {
  const rows = await tx.query<{ subject: string }>({
    name: 'reconciliation-moved',
    text: `select subject from message where link = $1 and direction = $2 and id >= $3 and version is not null
           union
           select subject from message where link = $1 and direction = $2 and id = any ($4::uuid[])`,
    values: [link, direction, firstIdAfter(until), leftOut],
  });
  return new Set(rows.map((row) => row.subject));
}

/** The first 12 bits of the hash of the id, as {@link bucketOf} has it. */
export const BUCKET_SQL = (column: string): string =>
  `(('x' || left(encode(sha256(convert_to(${column}, 'UTF8')), 'hex'), 3))::bit(12)::integer)`;

/** A page of the table as it lies on disk: by the index of the ids, each row would be on another page. */
function readPage(
  tx: Transaction,
  { link, party }: Register,
  { buckets }: Asked,
  after: string,
): Promise<PlacedRow[]> {
  const rows = `select ctid::text as place, subject, details, details_version as "detailsVersion",
      standing_version as "standingVersion", effective, regime, grade, status
    from subject where ctid > $3::tid and link = $1 and party = $2 and kind <> 'validation'`;
  return buckets
    ? tx.query<PlacedRow>({
        name: 'reconciliation-records-of-buckets',
        text: `${rows} and ${BUCKET_SQL('subject')} = any ($4::integer[]) limit ${PAGE}`,
        values: [link, party, after, plainTextArray(buckets.map(String))],
      })
    : tx.query<PlacedRow>({
        name: 'reconciliation-records',
        text: `${rows} limit ${PAGE}`,
        values: [link, party, after],
      });
}

interface PlacedRow extends RegisterRow {
  place: string;
}

const BEFORE_ALL = '(0,0)';
/** A scan of a range of places gives the rows in their order; no other one may be taken for it. */
const BY_PLACE =
  'set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_seqscan = off';

/** Records as their messages up to the instant say. */
async function tellRecords(
  tx: Transaction,
  { link, party }: Register,
  { until, leftOut }: Asked,
  ids: readonly string[],
): Promise<Map<string, ComparedRecord>> {
  const records = new Map<string, ComparedRecord>();
  if (ids.length === 0) return records;
  const keys = ids.map((subject) => ({ link, party, subject }));
  const versions = await readVersions(tx, keys);
  const out = new Set(leftOut);
  const end = firstIdAfter(until);
  const states = keys.map((key) => {
    const all = versions.get(subjectKeyText(key)) ?? [];
    const counted = all.filter(({ message }) => message < end && !out.has(message));
    return { id: key.subject, ...stateAt(counted, {}, party) };
  });
  const data = await readMessageData(
    tx,
    states.flatMap(({ details }) => details ?? []),
  );
  for (const { id, details, standing } of states) {
    const said = details && data.get(details.message);
    if (!said && !standing) continue;
    records.set(id, {
      id,
      details: said ?? null,
      detailsVersion: said && details ? details.version : null,
      standing: standing
        ? {
            regime: standing.regime,
            grade: standing.grade,
            status: standing.status,
            since: standing.effective,
            version: standing.version,
          }
        : null,
    });
  }
  return records;
}

/** Ids compare as their text does: hexadecimal in lower case, of one length. */
export function firstIdAfter(until: Date): string {
  return lowestId(new Date(until.getTime() + 1));
}
