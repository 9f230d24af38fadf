import { type AuditContent, appendEntries } from '../audit/append-entries.ts';
import type { OwnMessage } from '../contract/check-own-message.ts';
import { GATEWAY_SUBJECT } from '../envelope/event-types.ts';
import { newMessageId } from '../envelope/message-id.ts';
import { signSet } from '../envelope/sign-set.ts';
import type { Receipt } from '../generated/messages.ts';
import { readActiveSigner } from '../keys/active-signer.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import { enqueueMessages } from './enqueue-messages.ts';
import { CONTROL_LANE } from './lane-of.ts';

export interface OwnMessageParts {
  issuer: string;
  keyRing: KeyRing;
}

/**
 * Signs a message of this gateway to the partner's and puts it on the control lane, in the caller's transaction. The
 * caller wakes {@link CONTROL_LANE} after the commit; a crash before that is repaired by the reconciler.
 *
 * @param why members of the audit entry beside what the message itself shows, e.g. who asked for it; its `kind` where
 *   `own-message-issued` does not say enough
 * @returns the id of the message
 */
export async function sendOwnMessage(
  tx: Transaction,
  { issuer, keyRing }: OwnMessageParts,
  link: Link,
  { type, data }: OwnMessage | { type: 'receipt'; data: Receipt },
  now: Date,
  why: Partial<AuditContent> = {},
): Promise<string> {
  const id = newMessageId();
  const signer = await readActiveSigner(tx, keyRing);
  const { jws, sha256 } = await signSet(
    {
      iss: issuer,
      aud: link.issuer,
      jti: id,
      iat: Math.floor(now.getTime() / 1000),
      subject: GATEWAY_SUBJECT,
      event: { type, data },
    },
    signer,
  );
  const message = {
    id,
    link: link.id,
    lane: CONTROL_LANE,
    type,
    subject: GATEWAY_SUBJECT,
    version: null,
    txn: null,
    urgent: false,
    kid: signer.kid,
    jws,
    sha256,
    warnings: [],
  };
  await enqueueMessages(tx, [message], now);
  const entry = {
    kind: 'own-message-issued',
    ...why,
    message: id,
    link: link.id,
    type,
    sha256: sha256.toString('base64url'),
  };
  await appendEntries(tx, [entry], now);
  return id;
}
