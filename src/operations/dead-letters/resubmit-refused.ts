import { appendEntries } from '../../audit/append-entries.ts';
import { isBusinessType } from '../../contract/messages.ts';
import type { LaneRef } from '../../delivery/claim-lane.ts';
import { laneOf } from '../../delivery/lane-of.ts';
import { oweReceiptsAgain } from '../../delivery/owe-receipts-again.ts';
import type { Act } from '../../delivery/withdraw-messages.ts';
import { readStoredSet } from '../../envelope/read-set.ts';
import type { Transaction } from '../../store/database.ts';
import { acceptMessages } from '../../submission/accept-messages.ts';
import { readSubmission } from '../../submission/read-submission.ts';
import type { Accepted } from '../../submission/submission.ts';
import type { SubmittingParts } from '../../submission/submit-messages.ts';
import { DeadLetterError } from './dead-letter-error.ts';

interface RefusedRow {
  type: string;
  subject: string;
  version: number | null;
  txn: string | null;
  jws: string | null;
  lastVersion: number | null;
}

/** What became of a refused message: the new one, and the lane to be woken after the commit. */
export interface Resubmitted {
  accepted: Accepted | null;
  lane: LaneRef | null;
}

/**
 * Submits what a refused message said as a new one: same type, subject, case number and time of the event, new id,
 * next version; the data may be corrected. A refused receipt message makes what it receipted owed again.
 *
 * @param data corrected data; as it was where it is left out
 * @throws DeadLetterError `conflict` where it is no refused message (any more) or was erased, `superseded` where the
 *   subject has a greater version, or the code with which the new message is refused
 */
export async function resubmitRefused(
  tx: Transaction,
  parts: SubmittingParts,
  link: string,
  id: string,
  data: unknown,
  { by, reason, now }: Act,
): Promise<Resubmitted> {
  const refused = await takeRefused(tx, link, id);
  const why = { by, ...(reason === undefined ? {} : { reason }) };
  if (refused.type === 'receipt') {
    await oweReceiptsAgain(tx, link, [refused], now);
    await appendEntries(tx, [{ kind: 'receipts-owed-again', message: id, link, ...why }], now);
    return { accepted: null, lane: null };
  }
  const accepted = await acceptAgain(tx, parts, link, { ...refused, id }, data, { by, now });
  await tx.query({
    name: 'operations-keep-replacement',
    text: 'insert into replacement (id, link, replaces) values ($1, $2, $3)',
    values: [accepted.id, link, id],
  });
  const entry = { kind: 'message-resubmitted', message: accepted.id, link, replaces: id, ...why };
  await appendEntries(tx, [entry], now);
  const lane = laneOf(accepted.subject, parts.links.get(link)?.lanes ?? 1);
  return { accepted, lane: { link, lane } };
}

async function takeRefused(tx: Transaction, link: string, id: string): Promise<RefusedRow> {
  const [row] = await tx.query<RefusedRow>({
    name: 'operations-take-refused',
    text: `with taken as (delete from dead_letter where link = $1 and id = $2 returning link, id)
           select m.type, m.subject, m.version, m.txn, m.jws,
             (select max(s.last_version) from subject s
              join subject_version v using (link, party, subject)
              where s.link = m.link and s.subject = m.subject and v.version = m.version and v.message = m.id
             ) as "lastVersion"
           from taken t join message m on m.id = t.id and m.link = t.link and m.direction = 'out'`,
    values: [link, id],
  });
  if (!row) throw new DeadLetterError('conflict', `The message ${id} does not wait as a refused one.`);
  return row;
}

async function acceptAgain(
  tx: Transaction,
  parts: SubmittingParts,
  link: string,
  { id, type, subject, version, txn, jws, lastVersion }: RefusedRow & { id: string },
  data: unknown,
  { by, now }: Pick<Act, 'by' | 'now'>,
): Promise<Accepted> {
  if (!isBusinessType(type)) {
    throw new DeadLetterError('conflict', `A message ${type} is the gateway's own; dismiss it.`);
  }
  if (jws === null) throw new DeadLetterError('conflict', `The message ${id} was erased; dismiss it.`);
  if (version !== null && lastVersion !== null && lastVersion > version) {
    throw new DeadLetterError(
      'superseded',
      `${subject} has version ${lastVersion} by now, and the message ${id} was version ${version}. Dismiss it, or submit a message of your own.`,
    );
  }
  const original = readStoredSet(jws);
  const body = {
    type,
    link,
    data: data === undefined ? original.event.data : data,
    ...(txn === null ? {} : { txn }),
    ...(original.toe === undefined ? {} : { toe: new Date(original.toe * 1000).toISOString() }),
  };
  const read = readSubmission(body, parts, { name: by }, now);
  if ('code' in read) throw new DeadLetterError(read.code, read.detail, read.errors);
  if (read.subject !== subject) {
    const message = `is about ${read.subject}; the refused message is about ${subject}`;
    throw new DeadLetterError('invalid-message', 'The corrected data are about another subject.', [
      { pointer: '/data', code: 'subject-mismatch', message },
    ]);
  }
  const [outcome] = await acceptMessages(tx, parts, [read], by, now);
  if (!outcome || 'refused' in outcome) {
    const refusal = outcome?.refused;
    throw new DeadLetterError(refusal?.code ?? 'internal', refusal?.detail ?? 'no outcome', refusal?.errors);
  }
  return outcome.accepted;
}
