import { type AuditContent, appendEntries } from '../audit/append-entries.ts';
import { uuidTime } from '../envelope/message-id.ts';
import type { Transaction } from '../store/database.ts';
import type { ReturnedMessage } from './fetch-own-sets.ts';

/**
 * Puts messages of ours that came back from the partner on record again, with the partner's answer, in the caller's
 * transaction. What is on record stays as it is.
 *
 * @param urgent tells of which messages; the gateways' own never are
 * @returns ids of those that were missing
 */
export async function putBack(
  tx: Transaction,
  link: string,
  messages: readonly ReturnedMessage[],
  urgent: (message: ReturnedMessage) => boolean,
  now: Date,
): Promise<Set<string>> {
  if (messages.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>({
    name: 'ledger-put-back',
    text: `with returned as (
             select * from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::boolean[], $8::text[],
               $9::bytea[], $10::text[], $11::timestamptz[], $12::text[], $13::text[])
               as u(id, type, subject, version, txn, urgent, kid, sha256, jws, at, outcome, err)
           ), stored as (
             insert into message
               (id, link, direction, type, subject, version, outcome, txn, urgent, kid, sha256, jws, at)
             select id, $1, 'out', type, subject, version, 'accepted', txn, urgent, kid, sha256, jws, at from returned
             on conflict (id, link, direction) do nothing returning id
           ), answered as (
             insert into delivery (id, link, outcome, err, at)
             select id, $1, case outcome when 'accepted' then 'delivered' else 'refused' end, err, $14 from returned
             on conflict (id, link) do nothing
           )
           select id from stored`,
    values: [
      link,
      messages.map(({ set }) => set.jti),
      messages.map(({ set }) => set.event.type),
      messages.map(({ set }) => set.subject),
      messages.map(({ set }) => set.event.version ?? null),
      messages.map(({ set }) => set.txn ?? null),
      messages.map(urgent),
      messages.map(({ set }) => set.kid),
      messages.map(({ set }) => set.sha256),
      messages.map(({ set }) => set.jws),
      messages.map(({ set }) => new Date(uuidTime(set.jti))),
      messages.map(({ held }) => held.outcome),
      messages.map(({ held }) => held.err),
      now,
    ],
  });
  const missing = new Set(rows.map((row) => row.id));
  const entries = messages.filter(({ set }) => missing.has(set.jti)).map((m) => putBackEntry(link, m));
  await appendEntries(tx, entries, now);
  return missing;
}

function putBackEntry(link: string, { set, held }: ReturnedMessage): AuditContent {
  return {
    kind: 'message-put-back',
    message: set.jti,
    link,
    type: set.event.type,
    subject: set.subject,
    ...(set.event.version === undefined ? {} : { version: set.event.version }),
    sha256: set.sha256.toString('base64url'),
    outcome: held.outcome,
  };
}
