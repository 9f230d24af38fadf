import { statedRecord } from '../bulk/stated-record.ts';
import type { EnterpriseStatus } from '../contract/messages.ts';
import { laneOf } from '../delivery/lane-of.ts';
import { sendAgain } from '../delivery/send-again.ts';
import { readStoredSet } from '../envelope/read-set.ts';
import type { ResyncRequest } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import { currentRecords, type EnterpriseRecord } from '../register/read-enterprise.ts';
import type { Database, Transaction } from '../store/database.ts';
import { acceptMessages } from '../submission/accept-messages.ts';
import { readSubmission } from '../submission/read-submission.ts';
import type { CheckedSubmission } from '../submission/submission.ts';
import { bucketOf } from './buckets.ts';
import { listRecords } from './digest-register.ts';
import { readErased } from './erased-records.ts';
import { moveRun } from './keep-run.ts';
import { forgetHashes } from './kept-hashes.ts';
import { mendAll } from './mend-buckets.ts';
import type { Asked, HashedRecord, Register } from './read-records.ts';
import {
  ANSWERED_A_DAY_MAX,
  type Findings,
  NAMED_MAX,
  type ReconcilingParts,
  type Run,
  registerOf,
  repairTxn,
} from './reconciliation.ts';
import { readDigestMessage } from './take-digests.ts';
import { firstIdAfter } from './tell-records.ts';

/** Requests compared at once: some 100,000 records. */
const REQUESTS_AT_ONCE = 100;
/** Records accepted in one transaction. */
const CHUNK = 500;
const CONFLICT_RETRIES = 3;
/** Requests of one comparison come in some seconds; the next digest waits until no more come. */
const QUIET_MS = 3_000;
/** Who submits, in the audit log. */
const RECONCILING = 'reconciliation';

interface Differences {
  /** Ours that the partner lacks, or holds otherwise. */
  differing: string[];
  /** Named by the partner, and not in our register. */
  unknown: string[];
}

/** Requests of the partner that wait for an answer. */
export async function readRequests(
  { database }: Pick<ReconcilingParts, 'database'>,
  link: string,
): Promise<{ message: string; data: ResyncRequest }[]> {
  const rows = await database.query<{ message: string; jws: string | null }>({
    name: 'reconciliation-read-requests',
    text: `select a.message, m.jws from records_asked a
           join message m on m.id = a.message and m.link = a.link and m.direction = 'in'
           where a.link = $1 order by a.message limit $2`,
    values: [link, REQUESTS_AT_ONCE],
  });
  return rows.map(({ message, jws }) => ({
    message,
    data: jws ? (readStoredSet(jws).event.data as ResyncRequest) : { records: [] },
  }));
}

/**
 * Answers requests for records: what differs from what the partner names, or is missing there, is first compared with
 * our own signed messages and put right here where a row of ours is wrong; what still differs is sent again as a new
 * message, the record as it stands. Then our next digest shows whether both are equal.
 *
 * A crash between two transactions leaves the requests: what was stated again since the digest is not stated twice.
 */
export async function answerRecords(
  parts: ReconcilingParts,
  link: Link,
  run: Run,
  requests: readonly { message: string; data: ResyncRequest }[],
): Promise<void> {
  const { database } = parts;
  const register = registerOf(parts.party, link, 'own');
  const digest = run.digest === null ? undefined : await readDigestMessage(database, link.id, run.digest);
  const until = digest ? new Date(digest.until) : new Date();
  const erased = await readErased(database, register);
  const compare = () =>
    findDifferences(
      database,
      register,
      { until, leftOut: digest?.leftOut ?? [], erased, stop: parts.stop },
      requests,
    );
  if (run.round > 1) await forgetAsked(database, register, requests);
  const first = await compare();
  const mended = (await mendAll(database, register, [...first.differing, ...first.unknown].sort())).length;
  const { differing, unknown } = mended > 0 ? await compare() : first;
  const findings: Findings = { ...run.findings };
  if (mended > 0) {
    findings.mended = (findings.mended ?? 0) + mended;
    findings.repaired = (findings.repaired ?? 0) + mended;
  }
  if (unknown.length > 0) findings.unknown = [...(findings.unknown ?? []), ...unknown].slice(0, NAMED_MAX);
  if (run.releasedBy === null && (await answeredToday(parts, link)) + differing.length > ANSWERED_A_DAY_MAX) {
    await hold(parts, link, { ...run, findings }, differing.length);
    return;
  }
  const answered = await stateAgain(parts, link, { ...run, until }, differing, findings);
  if (answered > 0) findings.repaired = (findings.repaired ?? 0) + answered;
  const now = new Date();
  await database.transaction(async (tx) => {
    const last = await removeRequests(tx, link.id, requests);
    await moveRun(tx, run, {
      state: last ? 'settling' : 'awaiting',
      round: last && run.state === 'awaiting' ? run.round + 1 : run.round,
      until: last ? null : until,
      digest: run.digest,
      dueAt: new Date(now.getTime() + (parts.waits?.quietMs ?? QUIET_MS)),
      findings,
      answered,
    });
  });
}

/** What still differs after a repair is not left to what was kept. */
async function forgetAsked(
  database: Database,
  register: Register,
  requests: readonly { data: ResyncRequest }[],
): Promise<void> {
  const buckets = requests.flatMap(({ data }) => data.buckets ?? []);
  await database.transaction((tx) => forgetHashes(tx, register, buckets));
}

/** @returns whether none is left */
async function removeRequests(
  tx: Transaction,
  link: string,
  requests: readonly { message: string }[],
): Promise<boolean> {
  await tx.query({
    name: 'reconciliation-requests-done',
    text: 'delete from records_asked where link = $1 and message = any ($2::uuid[])',
    values: [link, requests.map(({ message }) => message)],
  });
  const left = await tx.query({
    name: 'reconciliation-requests-left',
    text: 'select from records_asked where link = $1 limit 1',
    values: [link],
  });
  return left.length === 0;
}

async function findDifferences(
  database: Database,
  register: Register,
  asked: Asked,
  requests: readonly { data: ResyncRequest }[],
): Promise<Differences> {
  const whole = new Set(requests.flatMap(({ data }) => data.buckets ?? []));
  const named = new Map<string, string | undefined>();
  for (const { data } of requests) for (const { id, sha256 } of data.records ?? []) named.set(id, sha256);
  const buckets = new Set([...whole, ...[...named.keys()].map(bucketOf)]);
  const lists = await listRecords(database, register, { ...asked, buckets: [...buckets] });
  const differing: string[] = [];
  const ours = new Set<string>();
  for (const [bucket, records] of lists) {
    for (const record of records) {
      ours.add(record.id);
      if (isDiffering(record, named, whole.has(bucket))) differing.push(record.id);
    }
  }
  const unknown = [...named].filter(([id, sha256]) => sha256 !== undefined && !ours.has(id));
  return { differing, unknown: unknown.map(([id]) => id) };
}

function isDiffering(
  { id, sha256 }: HashedRecord,
  named: ReadonlyMap<string, string | undefined>,
  whole: boolean,
): boolean {
  return named.has(id) ? named.get(id) !== sha256.toString('base64url') : whole;
}

async function answeredToday({ database }: ReconcilingParts, link: Link): Promise<number> {
  const [row] = await database.query<{ count: number }>({
    name: 'reconciliation-answered-today',
    text: `select coalesce(sum(answered), 0)::bigint as count from reconciliation
           where link = $1 and register = 'own' and started_at > now() - interval '1 day'`,
    values: [link.id],
  });
  return row?.count ?? 0;
}

/** An operator looks why so much differs, and releases it. */
async function hold(parts: ReconcilingParts, link: Link, run: Run, records: number): Promise<void> {
  await moveRun(parts.database, run, {
    ...run,
    state: 'held',
    dueAt: FAR,
    findings: { ...run.findings, held: records },
  });
  parts.log.error(
    { link: link.id, records },
    `reconciliation: more than ${ANSWERED_A_DAY_MAX} records would be sent again in a day; an operator must release it`,
  );
}

const FAR = new Date('9999-01-01T00:00:00.000Z');

/** @returns how many were accepted as new messages */
async function stateAgain(
  parts: ReconcilingParts,
  link: Link,
  run: Run & { until: Date },
  ids: readonly string[],
  findings: Findings,
): Promise<number> {
  let answered = 0;
  for (let from = 0; from < ids.length; from += CHUNK) {
    parts.stop?.throwIfAborted();
    answered += await stateChunk(parts, link, run, ids.slice(from, from + CHUNK), findings);
  }
  return answered;
}

async function stateChunk(
  parts: ReconcilingParts,
  link: Link,
  run: Run & { until: Date },
  ids: readonly string[],
  findings: Findings,
): Promise<number> {
  const { database, party } = parts;
  const now = new Date();
  const since = firstIdAfter(run.until);
  const keys = ids.map((id) => ({ link: link.id, party, id }));
  const records = (await currentRecords(database, keys)).filter(
    ({ details }) => details !== null && details.source < since,
  );
  const submissions: CheckedSubmission[] = [];
  const refused: EnterpriseRecord[] = [];
  const refuse = (id: string, detail: string) => {
    refused.push(...records.filter((record) => record.id === id));
    findings.notStated = [...(findings.notStated ?? []), { id, detail }].slice(0, NAMED_MAX);
  };
  for (const record of records) {
    const stated = statedRecord(record);
    if (!stated) continue;
    const body = { type: 'enterprise-status', link: link.id, data: asPeriodic(stated), txn: txnOf(run) };
    const submission = readSubmission(body, parts, { name: RECONCILING }, now);
    if ('code' in submission) refuse(record.id, submission.detail);
    else submissions.push(submission);
  }
  const outcomes = await database.transaction(
    (tx) => acceptMessages(tx, parts, submissions, RECONCILING, now),
    { retries: CONFLICT_RETRIES },
  );
  let accepted = 0;
  for (const [n, outcome] of outcomes.entries()) {
    if ('accepted' in outcome) accepted += 1;
    else refuse(submissions[n]?.subject ?? '', outcome.refused.detail);
  }
  parts.trigger(submissions.map(({ subject }) => ({ link: link.id, lane: laneOf(subject, link.lanes) })));
  await sendCellsAgain(parts, link, refused, now);
  return accepted;
}

/**
 * A record whose standing was moved by a decision cannot always be stated as a whole (an applicant that was certified
 * since has no day of certification of its own): the messages that fill its cells go again, with the same bytes. Where
 * the partner lost them that repairs it.
 */
async function sendCellsAgain(
  parts: ReconcilingParts,
  link: Link,
  records: readonly EnterpriseRecord[],
  now: Date,
): Promise<void> {
  const ids = records.flatMap(({ details, standing }) =>
    [details?.source ?? [], standing?.source ?? []].flat(),
  );
  if (ids.length === 0) return;
  const { lanes } = await parts.database.transaction((tx) => sendAgain(tx, link, [...new Set(ids)], now));
  parts.trigger(lanes);
}

const txnOf = ({ digest, id }: Run): string => repairTxn(digest ?? id);

/** The record as it stands; why it was last sent is no part of it. */
function asPeriodic({ correction: _1, reason: _2, ...data }: EnterpriseStatus): EnterpriseStatus {
  return { ...data, occasion: 'periodic' };
}
