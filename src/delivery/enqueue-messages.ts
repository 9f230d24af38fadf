import { neededEdition } from '../contract/edition.ts';
import type { Issue } from '../contract/issue.ts';
import { byteaArray, columnArray, jsonTextArray, plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';

/** A signed message of ours, to be stored and delivered. `version` is null for the gateways' own. */
export interface OutgoingMessage {
  id: string;
  link: string;
  lane: string;
  type: string;
  subject: string;
  version: number | null;
  txn: string | null;
  urgent: boolean;
  kid: string;
  /** Compact JWS: the bytes that every attempt sends and both sides keep. */
  jws: string;
  /** SHA-256 of those bytes. */
  sha256: Buffer;
  warnings: readonly Issue[];
}

/**
 * Stores messages and their outbox rows in one statement. The caller holds the locks of their subjects, so
 * positions of one subject grow with its versions.
 *
 * A crash after the commit leaves outbox rows without a job; the reconciler triggers their lanes.
 */
export async function enqueueMessages(
  tx: Transaction,
  messages: readonly OutgoingMessage[],
  at: Date,
): Promise<void> {
  if (messages.length === 0) return;
  await tx.query({
    name: 'delivery-enqueue',
    text: `with incoming as (
             select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
               $7::text[], $8::boolean[], $9::text[], $10::bytea[], $11::text[], $12::json[], $14::integer[])
               with ordinality
               as u(id, link, lane, type, subject, version, txn, urgent, kid, sha256, jws, warnings, edition, place)
           ), stored as (
             insert into message
               (id, link, direction, type, subject, version, outcome, txn, urgent, kid, sha256, jws, warnings, at)
             select id, link, 'out', type, subject, version, 'accepted', txn, urgent, kid, sha256, jws, warnings, $13
             from incoming
           )
           insert into outbox (link, lane, id, subject, urgent, edition, at)
           select link, lane, id, subject, urgent, edition, $13 from incoming order by place`,
    values: [
      plainTextArray(messages.map((m) => m.id)),
      columnArray(messages.map((m) => m.link)),
      columnArray(messages.map((m) => m.lane)),
      columnArray(messages.map((m) => m.type)),
      columnArray(messages.map((m) => m.subject)),
      columnArray(messages.map((m) => m.version)),
      columnArray(messages.map((m) => m.txn)),
      columnArray(messages.map((m) => m.urgent)),
      columnArray(messages.map((m) => m.kid)),
      byteaArray(messages.map((m) => m.sha256)),
      plainTextArray(messages.map((m) => m.jws)),
      jsonTextArray(messages.map((m) => (m.warnings.length > 0 ? JSON.stringify(m.warnings) : null))),
      at,
      columnArray(messages.map((m) => neededEdition(m.type))),
    ],
  });
}
