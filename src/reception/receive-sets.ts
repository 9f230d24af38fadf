import type { Logger } from 'pino';
import type { Party } from '../contract/party.ts';
import { haltLink } from '../delivery/halt-link.ts';
import type { DecryptionKeys } from '../envelope/seal-set.ts';
import { SetError } from '../envelope/set-error.ts';
import { type VerifiedSet, verifySets } from '../envelope/verify-set.ts';
import type { Link } from '../links/link.ts';
import type { Database, Transaction } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import { findKnown, type KnownMessage } from './find-known.ts';
import { handleOwnMessages, type OwnMessageHandlers } from './handle-own-messages.ts';
import { type Judged, type PushAnswer, refusalOf, type SetErr } from './incoming.ts';
import { judgeSet } from './judge-set.ts';
import { openSets } from './open-sets.ts';
import { persistBatch, StoredMeanwhile } from './persist-batch.ts';
import { countRepeats } from './quarantine.ts';
import { verificationPolicy } from './verification-policy.ts';

export interface ReceptionParts {
  database: Database;
  log: Pick<Logger, 'warn' | 'error'>;
  party: Party;
  /** `iss` of our own SETs: what the partner must name as `aud`. */
  issuer: string;
  now(): Date;
  /** What the gateways' own messages do here, by type. */
  handlers: OwnMessageHandlers;
  /** Private keys that open encrypted SETs; none where absent. */
  decryption?(): DecryptionKeys;
  /** Looks for keys that another process pinned a moment ago; asked where a SET names a key that is not known. */
  refreshKeys?(): Promise<void>;
  /** Looks whether what messages that came again once brought is still there; nothing is looked at where absent. */
  mend?(tx: Transaction, link: Link, messages: readonly string[], now: Date): Promise<void>;
  /** Told of what was stored, for figures. */
  onReceived?(link: string, counts: ReceivedCounts): void;
}

export interface ReceivedCounts {
  accepted: number;
  refused: number;
  repeated: number;
  /** Messages of ours that receipts in the request were for. */
  receipted: number;
  /** Their ids, at most 1,000 a receipt. */
  receiptedIds: readonly string[];
}

/** A request that keeps losing races for the same messages is answered 503 after this many rounds. */
const ATTEMPTS_MAX = 5;

/**
 * Receives SETs of one partner in the order of checks of the protocol: is it the partner's word → is it
 * known → is it right → one transaction for all of them → the answer. Every SET is named in the answer.
 *
 * A crash after the commit and before the answer leaves the messages here and the sender untold; it sends
 * them again and is answered as the first time.
 */
export async function receiveSets(
  parts: ReceptionParts,
  link: Link,
  sets: ReadonlyMap<string, string>,
): Promise<PushAnswer> {
  const answer = emptyAnswer();
  const verified = await verifyAll(parts, link, sets, answer);
  if (verified.length > 0) await store(parts, link, verified, answer, ATTEMPTS_MAX);
  return answer;
}

/** Steps 2 to 4 for SETs that are the partner's word. */
export async function storeVerified(
  parts: ReceptionParts,
  link: Link,
  verified: readonly VerifiedSet[],
): Promise<PushAnswer> {
  const answer: PushAnswer = { ack: [], setErrs: {} };
  await store(parts, link, verified, answer, ATTEMPTS_MAX);
  return answer;
}

/** Step 1: what fails is not the partner's word, and nothing of it is kept. */
async function verifyAll(
  parts: ReceptionParts,
  link: Link,
  sets: ReadonlyMap<string, string>,
  answer: PushAnswer,
): Promise<VerifiedSet[]> {
  const results = await verifyFresh(parts, link, [...sets.values()]);
  const verified: VerifiedSet[] = [];
  const faults = new Map<string, { code: string; count: number }>();
  for (const [index, id] of [...sets.keys()].entries()) {
    const result = results[index];
    if (result && !(result instanceof SetError) && result.jti === id) {
      verified.push(result);
      continue;
    }
    const error =
      result instanceof SetError
        ? result
        : new SetError('invalid_set', 'the member name is not the jti of the token');
    answer.setErrs[id] = { err: error.code, description: error.description };
    faults.set(error.description, {
      code: error.code,
      count: (faults.get(error.description)?.count ?? 0) + 1,
    });
  }
  // One line for a fault however many SETs of the request have it: a log must not grow by what strangers send.
  for (const [description, { code, count }] of faults) {
    parts.log.warn({ link: link.id, code, count }, `not taken: ${description}`);
  }
  return verified;
}

/** Verifies SETs; where one names a key that is not known, once more after a look for new keys. */
export async function verifyFresh(
  parts: ReceptionParts,
  link: Link,
  sets: readonly string[],
): Promise<(VerifiedSet | SetError)[]> {
  const opened = await openSets(sets, link, parts.decryption?.() ?? new Map());
  const verify = async (): Promise<(VerifiedSet | SetError)[]> => {
    const policy = verificationPolicy(link, parts.issuer, parts.now());
    const verified = (await verifySets(opened.filter(isOpen), policy)).values();
    return opened.map((set) => (isOpen(set) ? (verified.next().value ?? set) : set)).filter(isJudged);
  };
  const results = await verify();
  if (!parts.refreshKeys || !results.some(namesUnknownKey)) return results;
  const before = link.keys;
  await parts.refreshKeys();
  return before === link.keys ? results : verify();
}

function isOpen(set: string | SetError): set is string {
  return typeof set === 'string';
}

/** Each SET that is open has its verdict. */
function isJudged(set: VerifiedSet | SetError | string): set is VerifiedSet | SetError {
  return typeof set !== 'string';
}

function namesUnknownKey(result: VerifiedSet | SetError): boolean {
  return result instanceof SetError && result.code === 'invalid_key';
}

/** Names are the sender's: in an object without a prototype `__proto__` is one like any other. */
function emptyAnswer(): PushAnswer {
  return { ack: [], setErrs: Object.create(null) as PushAnswer['setErrs'] };
}

/** Steps 2 to 4; starts over where another request stored one of the messages meanwhile, and finds it known. */
async function store(
  parts: ReceptionParts,
  link: Link,
  verified: readonly VerifiedSet[],
  answer: PushAnswer,
  attempts: number,
): Promise<void> {
  try {
    const stored = await storeOnce(parts, link, verified);
    answer.ack.push(...stored.ack);
    Object.assign(answer.setErrs, stored.setErrs);
  } catch (error) {
    if (!startsOver(error) || attempts <= 1) throw error;
    await store(parts, link, verified, answer, attempts - 1);
  }
}

/** Another request stored one of the messages, or was first with a new subject. */
function startsOver(error: unknown): boolean {
  return error instanceof StoredMeanwhile || (error instanceof StoreError && error.code === 'conflict');
}

async function storeOnce(
  parts: ReceptionParts,
  link: Link,
  verified: readonly VerifiedSet[],
): Promise<PushAnswer> {
  const now = parts.now();
  const answer = emptyAnswer();
  const counts: ReceivedCounts = { accepted: 0, refused: 0, repeated: 0, receipted: 0, receiptedIds: [] };
  const effects: (() => void)[] = [];
  await parts.database.transaction(async (tx) => {
    const known = await findKnown(
      tx,
      link.id,
      verified.map((s) => s.jti),
    );
    const fresh: Judged[] = [];
    const refusedBefore: Buffer[] = [];
    const acceptedBefore: string[] = [];
    for (const set of verified) {
      const earlier = known.get(set.jti);
      if (!earlier) fresh.push(judgeSet(set, link, now));
      else {
        const outcome = answerRepeat(set, earlier, answer);
        if (outcome === 'refused') refusedBefore.push(set.sha256);
        else if (outcome === 'accepted') acceptedBefore.push(set.jti);
      }
    }
    counts.repeated = verified.length - fresh.length;
    await countRepeats(tx, link.id, refusedBefore, now);
    if (acceptedBefore.length > 0) await parts.mend?.(tx, link, acceptedBefore, now);
    if (fresh.length === 0) return;
    const persisted = await persistBatch(tx, parts.party, link, fresh, now);
    await handleOwnMessages(tx, parts.handlers, fresh, {
      link,
      now,
      afterCommit: (effect) => effects.push(effect),
    });
    for (const judged of fresh) {
      const id = judged.set.jti;
      if (persisted.conflicts.has(id)) answer.setErrs[id] = VERSION_CONFLICT;
      else if (judged.kind === 'refused') answer.setErrs[id] = refusalOf(judged.errors);
      else answer.ack.push(id);
    }
    for (const id of persisted.receiptMismatches) {
      parts.log.error({ link: link.id, message: id }, 'receipt for other bytes, or for a message never sent');
    }
    counts.receipted = persisted.receipted;
    counts.receiptedIds = receiptedBy(fresh, persisted.receiptMismatches);
    counts.refused = fresh.filter((j) => j.kind === 'refused').length;
    counts.accepted = fresh.length - counts.refused - persisted.conflicts.size;
  });
  // A crash here loses the wake-ups alone; what they are for stands in the store.
  for (const effect of effects) effect();
  await haltOnConflict(parts, link, answer);
  parts.onReceived?.(link.id, counts);
  return answer;
}

function receiptedBy(fresh: readonly Judged[], mismatches: readonly string[]): string[] {
  const ids = fresh.flatMap((judged) =>
    judged.kind === 'receipt' ? judged.receipt.receipts.map(({ jti }) => jti) : [],
  );
  return mismatches.length === 0 ? ids : ids.filter((id) => !mismatches.includes(id));
}

const JTI_CONFLICT: SetErr = { err: 'jti_conflict', description: 'another message with this jti is held' };
const VERSION_CONFLICT: SetErr = {
  err: 'version_conflict',
  description: 'another message already holds this version of the subject',
};

/** Step 2: what is held with the same bytes is answered as the first time, without any further check; what it brought is put back if it was lost. */
function answerRepeat(
  set: VerifiedSet,
  earlier: KnownMessage,
  answer: PushAnswer,
): 'accepted' | 'refused' | 'conflict' {
  if (!earlier.sha256.equals(set.sha256)) {
    answer.setErrs[set.jti] = JTI_CONFLICT;
    return 'conflict';
  }
  if (earlier.refusal) {
    answer.setErrs[set.jti] = earlier.refusal;
    return 'refused';
  }
  answer.ack.push(set.jti);
  return 'accepted';
}

/** Two histories on one link: an operator has to look before anything more is sent. */
async function haltOnConflict(parts: ReceptionParts, link: Link, answer: PushAnswer): Promise<void> {
  const conflict = Object.entries(answer.setErrs).find(
    ([, e]) => e === JTI_CONFLICT || e === VERSION_CONFLICT,
  );
  if (!conflict) return;
  const [id, { err, description }] = conflict;
  await haltLink(parts.database, link.id, `partner sent message ${id}: ${err}, ${description}`);
  parts.log.error({ link: link.id, message: id, code: err }, `link halted: ${description}`);
}
