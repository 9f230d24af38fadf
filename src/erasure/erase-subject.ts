import { appendEntries } from '../audit/append-entries.ts';
import type { Transaction } from '../store/database.ts';
import { eraseContents } from './erase-contents.ts';
import { type Erased, type Erasure, ErasureError } from './erasure.ts';

/**
 * Erases what is on record of one enterprise, on the side that is its authority or on the one that was told of it: the
 * bytes of its messages, its record and standing, what the audit log and the quarantine quote of it, and who read it.
 * Versions, hashes and entries stay, so that order, comparisons and every proof go on as before.
 *
 * The one change of written rows. The erasure is itself an entry of the log.
 *
 * @param again after a restore: what a backup brought back; messages still to be delivered are then erased as well
 * @throws ErasureError `pending`, `unknown`
 */
export async function eraseSubject(
  tx: Transaction,
  erasure: Erasure,
  { again = false }: { again?: boolean } = {},
): Promise<Erased> {
  const { subject, at, reason, by } = erasure;
  await lockSubject(tx, subject);
  if (again) await dropPending(tx, erasure);
  else await refusePending(tx, subject);
  const messages = await eraseMessages(tx, erasure);
  await eraseAnswers(tx, messages);
  const contents = await eraseContents(tx, subject, messages, at);
  await eraseRegister(tx, subject);
  await eraseQuarantine(tx, erasure);
  await eraseReads(tx, subject);
  if (!again && messages.length === 0 && contents === 0) {
    throw new ErasureError('unknown', `There is nothing of ${subject} on record here.`);
  }
  await tx.query({
    name: 'erasure-record',
    text: 'insert into erased_enterprise (subject, at, reason, by) values ($1, $2, $3, $4) on conflict do nothing',
    values: [subject, at, reason, by],
  });
  const entry = {
    kind: 'enterprise-erased',
    subject,
    reason,
    by,
    messages: messages.length,
    contents,
    again,
  };
  await appendEntries(tx, [entry], at);
  return { messages: messages.length, contents };
}

/** A message about it that is being accepted or received comes before or after, never in between. */
async function lockSubject(tx: Transaction, subject: string): Promise<void> {
  await tx.query({
    name: 'erasure-lock',
    text: 'select from subject where subject = $1 for update',
    values: [subject],
  });
}

async function refusePending(tx: Transaction, subject: string): Promise<void> {
  const [row] = await tx.query<{ count: number }>({
    name: 'erasure-pending',
    text: 'select count(*)::integer as count from outbox where subject = $1',
    values: [subject],
  });
  const count = row?.count ?? 0;
  if (count > 0) {
    throw new ErasureError(
      'pending',
      `${count} messages about ${subject} are still to be delivered. Wait for them, or withdraw them, and erase then.`,
    );
  }
}

/** What a backup holds as still to be delivered was delivered before the erasure. */
async function dropPending(tx: Transaction, { subject, at }: Erasure): Promise<void> {
  await tx.query({
    name: 'erasure-drop-pending',
    text: 'delete from outbox where subject = $1 and at <= $2',
    values: [subject, at],
  });
}

/** @returns the ids of its messages; the SHA-256 stays, it is of signed bytes and cannot be guessed */
async function eraseMessages(tx: Transaction, { subject, at }: Erasure): Promise<string[]> {
  const rows = await tx.query<{ id: string }>({
    name: 'erasure-messages',
    // By the subject's versions: the message tables have no index of the subject.
    text: `with concerned as (
             select v.message, v.link from subject s join subject_version v using (link, party, subject)
             where s.subject = $1
             union
             select message_id, link from quarantine where subject = $1
           )
           update message m set jws = null, warnings = null, refusal = case when m.refusal is null then null
               else json_build_object('err', m.refusal ->> 'err', 'description', 'erased') end
           from concerned c where m.id = c.message and m.link = c.link and m.at <= $2
           returning m.id`,
    values: [subject, at],
  });
  return [...new Set(rows.map((row) => row.id))];
}

/** What the partner, or an own back end, said when it refused one may quote it. */
async function eraseAnswers(tx: Transaction, messages: readonly string[]): Promise<void> {
  await tx.query({
    name: 'erasure-answers',
    text: `with letters as (
             update dead_letter set description = null where id = any($1::uuid[])
           ), reported as (
             update stream_error set description = '' where id = any($1::uuid[])
           )
           update delivery set description = null where id = any($1::uuid[]) and description is not null`,
    values: [messages],
  });
}

/** The row stays, empty, because it counts the versions. */
async function eraseRegister(tx: Transaction, subject: string): Promise<void> {
  await tx.query({
    name: 'erasure-register',
    text: `with searched as (
             delete from enterprise_search where subject = $1
           ), to_search as (
             delete from search_pending where subject = $1
           ), hashed as (
             delete from record_hash where subject = $1
           ), versions as (
             update subject_version v set effective = null, regime = null, grade = null, status = null
             from subject s where s.subject = $1 and v.link = s.link and v.party = s.party and v.subject = s.subject
           )
           update subject set details_counts_as = null, details_version = null, details_message = null, details_at = null,
             details = null, standing_counts_as = null, standing_version = null, standing_message = null,
             standing_at = null, effective = null, regime = null, grade = null, status = null, round = null,
             outcome = null, visit_to = null, flags = '{}'
           where subject = $1`,
    values: [subject],
  });
}

async function eraseQuarantine(tx: Transaction, { subject, at }: Erasure): Promise<void> {
  await tx.query({
    name: 'erasure-quarantine',
    text: `update quarantine set bytes = null, errors = '[]' where subject = $1 and first_at <= $2`,
    values: [subject, at],
  });
}

/** Who read stays on record, what of it they read does not. Kept answers may quote it. */
async function eraseReads(tx: Transaction, subject: string): Promise<void> {
  await tx.query({
    name: 'erasure-reads',
    text: `with answers as (
             delete from idempotency where position($2 in answer) > 0
           )
           update access_log set ids = array_remove(ids, $1) where $1 = any(ids)`,
    values: [subject, JSON.stringify(subject)],
  });
}
