import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { sendOwnMessage } from '../delivery/send-own-message.ts';
import type { RegisterDigest, ResyncRequest } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import { type Digest, differingBuckets } from './buckets.ts';
import { readRestated } from './count-repaired.ts';
import { digestRegister, listRecords } from './digest-register.ts';
import { type ComparedErasure, erasureOf, latestOf, readErased, statedErasures } from './erased-records.ts';
import { endRun, moveRun } from './keep-run.ts';
import { forgetHashes } from './kept-hashes.ts';
import { mendBuckets } from './mend-buckets.ts';
import type { HashedRecord } from './read-records.ts';
import {
  type Findings,
  PATIENCE_MS,
  type ReconcilingParts,
  ROUNDS_MAX,
  type Run,
  type RunOutcome,
  registerOf,
} from './reconciliation.ts';
import { bytesOf, readDigestMessage } from './take-digests.ts';

/** Records of one request, as its schema has it. */
const RECORDS_PER_REQUEST_MAX = 1_000;

/**
 * Compares our copy of the partner's register with the digest that it sent, and says what came of it: equal, or, in a
 * dry run, where not; else our copy is put right where it is not what its signed messages say, and the partner is
 * asked for the records of the buckets that differ. Its next digest shows whether that helped.
 *
 * A crash before the commit leaves the run as it was: what was mended stays so, the rest is done again.
 */
export async function compareDigest(parts: ReconcilingParts, link: Link, run: Run): Promise<void> {
  const { database, party } = parts;
  const theirs = run.digest === null ? undefined : await readDigestMessage(database, link.id, run.digest);
  if (!theirs?.buckets || !run.until) {
    await database.transaction((tx) => endRun(tx, run, 'unanswered', run.findings, new Date()));
    return;
  }
  const register = registerOf(party, link, 'partner');
  const told = (theirs.erased ?? []).map(erasureOf);
  const erased = [...latestOf([...told, ...(await readErased(database, register))]).values()];
  const asked = { until: run.until, leftOut: theirs.leftOut, erased, stop: parts.stop };
  const ours = await digestRegister(database, register, asked);
  const differing = differingBuckets(ours.buckets, bytesOf(theirs.buckets));
  const findings: Findings = {
    records: ours.records,
    differingBuckets: differing.length,
    ...run.findings,
    leftOut: theirs.leftOut.length,
  };
  if (differing.length === 0) {
    const outcome = run.round > 1 || (findings.mended ?? 0) > 0 ? 'repaired' : 'equal';
    return answer(parts, link, { ...run, findings }, theirs, ours, outcome);
  }
  if (run.dryRun || run.round >= ROUNDS_MAX) {
    parts.log.error(
      { link: link.id, ...findings },
      'reconciliation: our copy and the partner register differ',
    );
    return answer(parts, link, { ...run, findings }, theirs, ours, 'differs');
  }
  if (run.round > 1) await database.transaction((tx) => forgetHashes(tx, register, differing));
  const mended = await mendBuckets(database, register, differing, { thorough: run.round > 1 });
  const records = await listRecords(database, register, { ...asked, buckets: differing });
  const requests = requestsOf(differing, records, unknownTo(told, erased));
  // What was stated again and completed here is one repair.
  const restated = run.round > 1 ? await readRestated(database, run) : new Set();
  const repaired = mended.filter((id) => !restated.has(id)).length;
  if (mended.length > 0) {
    findings.mended = (findings.mended ?? 0) + mended.length;
    findings.repaired = (findings.repaired ?? 0) + repaired;
  }
  await ask(parts, link, run, requests, findings);
}

/** Tells the partner what our copy is and ends the run. */
async function answer(
  parts: ReconcilingParts,
  link: Link,
  run: Run,
  { until, leftOut, erased }: RegisterDigest,
  { root, buckets }: Digest,
  outcome: RunOutcome,
): Promise<void> {
  const now = new Date();
  const data = {
    of: link.issuer,
    until,
    root: root.toString('base64url'),
    ...(outcome === 'differs' ? { buckets: buckets.toString('base64url') } : {}),
    leftOut,
    ...(erased && { erased }),
  };
  await parts.database.transaction(async (tx) => {
    await sendOwnMessage(tx, parts, link, { type: 'register-digest', data }, now, { outcome });
    await endRun(tx, run, outcome, run.findings, now);
  });
  parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
}

async function ask(
  parts: ReconcilingParts,
  link: Link,
  run: Run,
  requests: readonly ResyncRequest[],
  findings: Findings,
): Promise<void> {
  const now = new Date();
  await parts.database.transaction(async (tx) => {
    for (const data of requests) {
      const why = { records: data.records?.length ?? 0, buckets: data.buckets?.length ?? 0 };
      await sendOwnMessage(tx, parts, link, { type: 'resync-request', data }, now, why);
    }
    await moveRun(tx, run, {
      state: 'awaiting',
      round: run.round,
      until: run.until,
      digest: run.digest,
      dueAt: new Date(now.getTime() + PATIENCE_MS),
      findings,
    });
  });
  parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
}

/**
 * Requests that name all records of the buckets, so that the partner sees which of its own are missing. A bucket that
 * does not fit into one request is named by its records alone: what it lacks is then not asked for. The first one tells
 * what was erased here.
 */
export function requestsOf(
  buckets: readonly number[],
  records: ReadonlyMap<number, readonly HashedRecord[]>,
  erased: readonly ComparedErasure[],
): ResyncRequest[] {
  const requests: ResyncRequest[] = [];
  let whole: Required<Pick<ResyncRequest, 'records' | 'buckets'>> = { records: [], buckets: [] };
  const flush = () => {
    if (whole.buckets.length > 0) requests.push(whole);
    whole = { records: [], buckets: [] };
  };
  for (const bucket of buckets) {
    const named = (records.get(bucket) ?? []).map(({ id, sha256 }) => ({
      id,
      sha256: sha256.toString('base64url'),
    }));
    if (named.length > RECORDS_PER_REQUEST_MAX) {
      for (let from = 0; from < named.length; from += RECORDS_PER_REQUEST_MAX) {
        requests.push({ records: named.slice(from, from + RECORDS_PER_REQUEST_MAX) });
      }
      continue;
    }
    if (whole.records.length + named.length > RECORDS_PER_REQUEST_MAX) flush();
    whole.records.push(...named);
    whole.buckets.push(bucket);
    if (whole.buckets.length === RECORDS_PER_REQUEST_MAX) flush();
  }
  flush();
  const [first, ...others] = requests;
  return first ? [{ ...first, ...statedErasures(erased) }, ...others] : [];
}

/** Erasures that the other side did not name in its digest: its next one leaves those enterprises out as well. */
function unknownTo(
  told: readonly ComparedErasure[],
  erased: readonly ComparedErasure[],
): readonly ComparedErasure[] {
  const known = latestOf(told);
  return erased.filter(({ id, at }) => (known.get(id)?.at ?? 0) < at);
}
