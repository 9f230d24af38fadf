import type { Party } from '../contract/party.ts';
import type { Status } from '../generated/codes.ts';
import { readMessageData, readVersions } from '../register/read-versions.ts';
import { stateAt } from '../register/state-at.ts';
import { subjectKeyText } from '../register/subject-key.ts';
import { columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import { lowestId } from '../store/partitions.ts';
import { type ComparedRecord, recordHash } from './record-hash.ts';

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
  /** Only the records of these buckets. */
  buckets?: readonly number[];
  /** Only these enterprises, up to a page. */
  ids?: readonly string[];
}

export interface HashedRecord {
  id: string;
  sha256: Buffer;
}

/** Records read at once: some milliseconds of this process, after which requests have their turn. */
const PAGE = 250;

interface Row {
  subject: string;
  details: string | null;
  detailsVersion: number | null;
  standingVersion: number | null;
  effective: string | null;
  regime: string | null;
  grade: string | null;
  status: Status | null;
}

/**
 * The records of a register by ascending id, hashed, a page at a time. What stands in the register's own rows is
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
  for (let after = ''; ; ) {
    const rows = await readPage(tx, register, asked, after);
    const last = rows.at(-1);
    if (!last) return;
    after = last.subject;
    const told = await tellRecords(
      tx,
      register,
      asked,
      rows.map((row) => row.subject).filter((id) => moved.has(id)),
    );
    yield rows.flatMap((row) => {
      const record = moved.has(row.subject) ? told.get(row.subject) : recordOf(row);
      return record ? { id: record.id, sha256: recordHash(record) } : [];
    });
    if (rows.length < PAGE) return;
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

const COLUMNS = `subject, details, details_version as "detailsVersion", standing_version as "standingVersion",
  effective, regime, grade, status`;

/** The first 12 bits of the hash of the id, as {@link bucketOf} has it. */
export const BUCKET_SQL = (column: string): string =>
  `(('x' || left(encode(sha256(convert_to(${column}, 'UTF8')), 'hex'), 3))::bit(12)::integer)`;

function readPage(
  tx: Transaction,
  { link, party }: Register,
  { buckets, ids }: Asked,
  after: string,
): Promise<Row[]> {
  const page = `order by subject limit ${PAGE}`;
  const from = `select ${COLUMNS} from subject where link = $1 and party = $2 and subject > $3 and kind <> 'validation'`;
  if (ids) {
    return tx.query<Row>({
      name: 'reconciliation-records-named',
      text: `${from} and subject = any ($4::text[]) ${page}`,
      values: [link, party, after, columnArray(ids)],
    });
  }
  if (buckets) {
    return tx.query<Row>({
      name: 'reconciliation-records-of-buckets',
      text: `${from} and ${BUCKET_SQL('subject')} = any ($4::integer[]) ${page}`,
      values: [link, party, after, plainTextArray(buckets.map(String))],
    });
  }
  return tx.query<Row>({
    name: 'reconciliation-records',
    text: `${from} ${page}`,
    values: [link, party, after],
  });
}

function recordOf(row: Row): ComparedRecord | undefined {
  const { subject, details, detailsVersion, standingVersion, effective, regime, grade, status } = row;
  const standing =
    standingVersion === null || effective === null || regime === null || status === null
      ? null
      : { regime, grade, status, since: effective, version: standingVersion };
  if (details === null && standing === null) return undefined;
  return {
    id: subject,
    details: details === null ? null : JSON.parse(details),
    detailsVersion: details === null ? null : detailsVersion,
    standing,
  };
}

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
