import { neededEdition } from '../contract/edition.ts';
import type { Issue } from '../contract/issue.ts';
import { copyTarget } from '../store/copy-rows.ts';
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

const MESSAGES = copyTarget<OutgoingMessage, Date>('message', (type) => ({
  id: type.uuid((m) => m.id),
  link: type.text((m) => m.link),
  direction: type.text(() => 'out'),
  type: type.text((m) => m.type),
  subject: type.text((m) => m.subject),
  version: type.bigint((m) => m.version),
  outcome: type.text(() => 'accepted'),
  txn: type.text((m) => m.txn),
  urgent: type.bool((m) => m.urgent),
  kid: type.text((m) => m.kid),
  sha256: type.bytea((m) => m.sha256),
  jws: type.text((m) => m.jws),
  warnings: type.json((m) => (m.warnings.length > 0 ? JSON.stringify(m.warnings) : null)),
  at: type.instant((_, at) => at),
}));

/** `position` is drawn in the order of the rows. */
const OUTBOX = copyTarget<OutgoingMessage, Date>('outbox', (type) => ({
  link: type.text((m) => m.link),
  lane: type.text((m) => m.lane),
  id: type.uuid((m) => m.id),
  subject: type.text((m) => m.subject),
  urgent: type.bool((m) => m.urgent),
  edition: type.integer((m) => neededEdition(m.type)),
  at: type.instant((_, at) => at),
}));

/**
 * Stores messages and their outbox rows. The caller holds the locks of their subjects, so positions of one subject
 * grow with its versions.
 *
 * A crash after the commit leaves outbox rows without a job; the reconciler triggers their lanes.
 */
export async function enqueueMessages(
  tx: Transaction,
  messages: readonly OutgoingMessage[],
  at: Date,
): Promise<void> {
  await tx.copy(MESSAGES, messages, at);
  await tx.copy(OUTBOX, messages, at);
}
