import { type AuditContent, appendEntries } from '../audit/append-entries.ts';
import { applyToCells, countsAs, statedStanding } from '../contract/cells.ts';
import { checkAgainstRegister, type Original } from '../contract/check-against-register.ts';
import type { Party } from '../contract/party.ts';
import { enqueueMessages, type OutgoingMessage } from '../delivery/enqueue-messages.ts';
import { laneOf } from '../delivery/lane-of.ts';
import { newMessageId } from '../envelope/message-id.ts';
import { signSet } from '../envelope/sign-set.ts';
import { readActiveSigner } from '../keys/active-signer.ts';
import type { KeyRing, Signer } from '../keys/key-ring.ts';
import { kindOf, type LockedSubject, lockSubjects } from '../register/lock-subjects.ts';
import { type SubjectKey, subjectKeyText } from '../register/subject-key.ts';
import { type NewVersion, writeVersions } from '../register/write-versions.ts';
import type { Transaction } from '../store/database.ts';
import { findOriginals, type VersionKey, versionKeyText } from './find-originals.ts';
import { type CheckedSubmission, type Outcome, type Refusal, underData } from './submission.ts';

export interface AcceptingParts {
  party: Party;
  issuer: string;
  keyRing: KeyRing;
}

/** A submission that the register allows, with the version it drew. */
interface Drawn {
  submission: CheckedSubmission;
  id: string;
  version: number;
}

/**
 * Accepts messages in the caller's transaction: lock the subjects and draw their versions, apply the rules,
 * sign, own register, the messages, their outbox rows, audit entries. One message or a thousand take the same
 * statements.
 *
 * Items are judged in order, each against the register as the ones before it leave it. A refused item
 * leaves nothing behind. The transaction is to be repeated where it ends in a conflict: two batches may both be first
 * with a new subject.
 *
 * @param principal who submitted, for the audit log
 * @returns an outcome for each submission, in order
 */
export async function acceptMessages(
  tx: Transaction,
  parts: AcceptingParts,
  submissions: readonly CheckedSubmission[],
  principal: string,
  now: Date,
): Promise<Outcome[]> {
  const subjects = await lockSubjects(
    tx,
    submissions.map((s) => ({ ...keyOf(s, parts.party), kind: kindOf(s.message.type) })),
  );
  const corrected = submissions.flatMap((s) => correctedBy(s, parts.party) ?? []);
  const originals = await findOriginals(tx, corrected);
  const drawn: Drawn[] = [];
  const outcomes = submissions.map((submission): Outcome => {
    const locked = subjects.get(subjectKeyText(keyOf(submission, parts.party)));
    if (!locked) throw new Error(`subject ${submission.subject} was not locked`);
    const version = correctedBy(submission, parts.party);
    const refusal = judge(submission, locked, version && originals.get(versionKeyText(version)));
    if (refusal) return { refused: refusal };
    const next = draw(submission, locked, now);
    drawn.push(next);
    if (corrected.length > 0) remember(originals, next, parts.party);
    return {
      accepted: {
        id: next.id,
        type: submission.message.type,
        link: submission.link.id,
        subject: submission.subject,
        version: next.version,
        urgent: submission.urgent,
        acceptedAt: now,
        warnings: submission.warnings,
      },
    };
  });
  if (drawn.length === 0) return outcomes;

  const signer = await readActiveSigner(tx, parts.keyRing);
  const messages = await Promise.all(drawn.map((d) => signed(d, parts, signer, now)));
  const touched = new Set(drawn.map((d) => subjects.get(subjectKeyText(keyOf(d.submission, parts.party)))));
  await writeVersions(
    tx,
    drawn.map((d) => versionOf(d, parts.party)),
    [...touched].filter((s) => s !== undefined),
    now,
  );
  // After the subjects' rows are ours: positions of one subject grow with its versions.
  await enqueueMessages(tx, messages, now);
  await appendEntries(
    tx,
    messages.map((m) => acceptedEntry(m, principal)),
    now,
  );
  return outcomes;
}

function keyOf(submission: CheckedSubmission, party: Party): SubjectKey {
  return { link: submission.link.id, party, subject: submission.subject };
}

/** The version that a correction names. */
function correctedBy(submission: CheckedSubmission, party: Party): VersionKey | undefined {
  const { correction } = submission.message.data;
  return correction && { ...keyOf(submission, party), version: correction.version };
}

/** A later correction of the same batch may name what was accepted just before it. */
function remember(originals: Map<string, Original>, { submission, id, version }: Drawn, party: Party): void {
  const key = versionKeyText({ ...keyOf(submission, party), version });
  originals.set(key, { messageId: id, type: submission.message.type });
}

function judge(
  submission: CheckedSubmission,
  { state }: LockedSubject,
  original: Original | undefined,
): Refusal | undefined {
  const { expectedVersion, message, link } = submission;
  if (expectedVersion !== undefined && expectedVersion !== state.lastVersion) {
    const detail = `The last version of ${submission.subject} is ${state.lastVersion}, not ${expectedVersion}. Read it again and decide.`;
    return {
      code: 'stale-version',
      detail,
      errors: [{ pointer: '/expectedVersion', code: 'stale-version', message: detail }],
    };
  }
  const errors = underData(checkAgainstRegister(message, state, { policy: link.policy, original }));
  const [first] = errors;
  if (!first) return undefined;
  return { code: registerRefusalCode(first.code), detail: sentence(first.message), errors };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function registerRefusalCode(code: string): Refusal['code'] {
  switch (code) {
    case 'illegal-transition':
    case 'already-known':
    case 'change-pending':
    case 'correction-unknown':
    case 'consent-missing':
      return code;
    default:
      return 'invalid-message';
  }
}

/** Draws the next version and brings the locked subject's state up to it. */
function draw(submission: CheckedSubmission, locked: LockedSubject, now: Date): Drawn {
  const version = locked.state.lastVersion + 1;
  const id = newMessageId();
  locked.state = applyToCells(locked.state, submission.message, { version, messageId: id, at: now });
  locked.versionsHeld += 1;
  return { submission, id, version };
}

async function signed(
  { submission, id, version }: Drawn,
  { issuer }: AcceptingParts,
  signer: Signer,
  now: Date,
): Promise<OutgoingMessage> {
  const { link, message, dataText, subject, txn, toe } = submission;
  const { jws, sha256 } = await signSet(
    {
      iss: issuer,
      aud: link.issuer,
      jti: id,
      iat: Math.floor(now.getTime() / 1000),
      ...(toe ? { toe: Math.floor(toe.getTime() / 1000) } : {}),
      ...(txn !== undefined ? { txn } : {}),
      subject,
      event: { type: message.type, version, dataText },
    },
    signer,
  );
  return {
    id,
    link: link.id,
    lane: laneOf(subject, link.lanes),
    type: message.type,
    subject,
    version,
    txn: txn ?? null,
    urgent: submission.urgent,
    kid: signer.kid,
    jws,
    sha256,
    warnings: submission.warnings,
  };
}

function versionOf({ submission, id, version }: Drawn, party: Party): NewVersion {
  const { message } = submission;
  return {
    ...keyOf(submission, party),
    version,
    countsAs: countsAs(message, version),
    messageId: id,
    type: message.type,
    refused: false,
    standing: statedStanding(message),
  };
}

function acceptedEntry(message: OutgoingMessage, principal: string): AuditContent {
  return {
    kind: 'message-accepted',
    message: message.id,
    link: message.link,
    type: message.type,
    subject: message.subject,
    version: message.version,
    sha256: message.sha256.toString('base64url'),
    by: principal,
  };
}
