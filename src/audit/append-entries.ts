import { hash, randomBytes } from 'node:crypto';
import { isMessageId, newMessageId } from '../envelope/message-id.ts';
import { copyTarget } from '../store/copy-rows.ts';
import type { Transaction } from '../store/database.ts';

/** What an entry is about. It is kept beside the entry and can be erased; the entry itself cannot. */
export interface AuditContent {
  /** What happened, in kebab-case, e.g. `message-accepted`. */
  kind: string;
  [member: string]: unknown;
}

interface SaltedEntry {
  /** The message that the content is about, where there is one. */
  message: string | null;
  /** Canonical JSON `{digest,id,time,v}`: what the log holds and the partner may read. */
  entry: string;
  /** 32 random bytes, so that nobody can guess the content from the digest. */
  salt: Buffer;
  /** The content as JSON: kept as it was hashed. */
  content: string;
}

const SALT_BYTES = 32;

/** One audit entry: `digest` = base64url of SHA-256(salt ‖ content), so erasing salt and content leaves it valid. */
export function saltedEntry(content: AuditContent, salt: Buffer, time: string): SaltedEntry {
  const text = JSON.stringify(content);
  const digest = hash('sha256', Buffer.concat([salt, Buffer.from(text)]), 'base64url');
  // Canonical as it stands (RFC 8785): names in order, values that need no escape.
  const entry = `{"digest":"${digest}","id":"${newMessageId()}","time":"${time}","v":1}`;
  return { entry, salt, content: text, message: messageOf(content) };
}

const PENDING = copyTarget<SaltedEntry, undefined>('audit_pending', (type) => ({
  entry: type.text((e) => e.entry),
  salt: type.bytea((e) => e.salt),
  content: type.text((e) => e.content),
  message: type.uuid((e) => e.message),
}));

/**
 * Appends audit entries in the transaction of the step that they record: no state without its entry, no
 * entry without its state. The sequencer gives them their place in the log after the commit.
 */
export async function appendEntries(
  tx: Transaction,
  contents: readonly AuditContent[],
  at: Date,
): Promise<void> {
  if (contents.length === 0) return;
  // One draw for all: a draw of its own for each was 14 µs, the dearest part of an entry.
  const salts = randomBytes(SALT_BYTES * contents.length);
  const time = at.toISOString();
  const entries = contents.map((content, n) =>
    saltedEntry(content, salts.subarray(n * SALT_BYTES, (n + 1) * SALT_BYTES), time),
  );
  await tx.copy(PENDING, entries, undefined);
}

function messageOf({ message }: AuditContent): string | null {
  return isMessageId(message) ? message : null;
}
