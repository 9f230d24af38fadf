import { type AuditContent, appendEntries } from '../audit/append-entries.ts';
import { applyToCells, countsAs, statedStanding } from '../contract/cells.ts';
import { inconsistencies } from '../contract/check-against-register.ts';
import type { Issue } from '../contract/issue.ts';
import { type BusinessMessage, isUrgent } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import type { VerifiedSet } from '../envelope/verify-set.ts';
import type { VersionVoid } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import { keepVoids, markMoot, markMootOf, type VoidedVersion } from '../register/keep-voids.ts';
import { kindOf, type LockedSubject, lockSubjects, type SubjectToLock } from '../register/lock-subjects.ts';
import { restateSubjects } from '../register/restate-subjects.ts';
import { subjectKeyText } from '../register/subject-key.ts';
import { type NewVersion, writeVersions } from '../register/write-versions.ts';
import type { Transaction } from '../store/database.ts';
import { findVersionHolders, type VersionHolder, versionText } from './find-version-holders.ts';
import type { Judged } from './incoming.ts';
import { matchReceipts } from './match-receipts.ts';
import { holesBetween, noteHoles, type VersionAt } from './note-holes.ts';
import { quarantine } from './quarantine.ts';
import { type IncomingRow, storeIncoming } from './store-incoming.ts';

export interface PersistedBatch {
  /** Messages not taken because another one holds their version. */
  conflicts: ReadonlySet<string>;
  /** How many messages of ours have receipts in the batch. */
  receipted: number;
  /** Message ids of receipts that fit nothing we sent. */
  receiptMismatches: readonly string[];
}

/** Two requests with the same message raced, and the other one committed first. */
export class StoredMeanwhile extends Error {
  override readonly name = 'StoredMeanwhile';
}

/** A message that draws on the versions of a subject: applied to its cells, refused and spent, or a void. */
interface Versioned {
  set: VerifiedSet;
  subject: SubjectToLock;
  version: number;
  /** The message whose version it is: itself, or the one that a void speaks of. */
  holder: string;
  /** Absent where the message was refused, and from a void. */
  message?: BusinessMessage;
  void?: VersionVoid;
}

/**
 * Persists judged messages with everything that follows from them: the messages, replica register, receipts
 * owed, places in the feed, quarantine, audit.
 *
 * @throws StoredMeanwhile where another request stored one of them meanwhile: roll back and start over
 */
export async function persistBatch(
  tx: Transaction,
  party: Party,
  link: Link,
  fresh: readonly Judged[],
  now: Date,
): Promise<PersistedBatch> {
  const versioned = fresh.map((judged) => versionedOf(judged, link)).filter((v) => v !== undefined);
  // Of one version the message first, so that its void finds it.
  versioned.sort((a, b) => a.version - b.version || Number(Boolean(a.void)) - Number(Boolean(b.void)));
  const locked = await lockSubjects(
    tx,
    versioned.map((v) => v.subject),
  );
  const holders = await holdersOf(tx, versioned, locked);
  const conflicts = conflictsAmong(versioned, holders);

  const applied = applyVersions(
    versioned.filter((v) => !conflicts.has(v.set.jti)),
    { locked, holders, link, now },
  );
  const rows = fresh
    .filter((judged) => !conflicts.has(judged.set.jti))
    .map((judged) => rowOf(judged, applied.flags.get(judged.set.jti) ?? [], link));
  if (!(await storeIncoming(tx, link.id, rows, now))) throw new StoredMeanwhile();
  await writeVersions(tx, applied.versions, [...applied.touched], now);
  await noteHoles(tx, applied.holesOpened, applied.holesFilled, now);
  await markMoot(tx, applied.outlived);
  await keepVoids(tx, applied.voids, now);
  await quarantine(
    tx,
    link.id,
    fresh.filter((judged) => judged.kind === 'refused'),
    now,
  );
  const receipts = fresh.filter((judged) => judged.kind === 'receipt');
  const { mismatched: receiptMismatches, ...matched } = await matchReceipts(tx, link.id, receipts, now);
  // Our own register: a refused message gives up its cells, one that was accepted after all takes them back.
  await restateSubjects(tx, link.id, matched.refused, { stands: false, now });
  await restateSubjects(tx, link.id, matched.acceptedAfterAll, { stands: true, now });
  await markMootOf(tx, link.id, matched.acceptedAfterAll);
  const entries = fresh
    .filter((judged) => !conflicts.has(judged.set.jti))
    .map((judged) => receivedEntry(judged, link, party));
  await appendEntries(tx, entries, now);
  const receipted =
    receipts.reduce((sum, { receipt }) => sum + receipt.receipts.length, 0) - receiptMismatches.length;
  return { conflicts, receipted, receiptMismatches };
}

function versionedOf(judged: Judged, link: Link): Versioned | undefined {
  const { set } = judged;
  const subject = { link: link.id, party: link.partner, subject: set.subject };
  switch (judged.kind) {
    case 'business': {
      const { message, version } = judged;
      return { set, subject: { ...subject, kind: kindOf(message.type) }, version, holder: set.jti, message };
    }
    case 'void': {
      const { version, data } = judged;
      return { set, subject: { ...subject, kind: 'unknown' }, version, holder: data.messageId, void: data };
    }
    case 'refused': {
      const { version } = set.event;
      return version === undefined
        ? undefined
        : { set, subject: { ...subject, kind: 'unknown' }, version, holder: set.jti };
    }
    case 'receipt':
    case 'own':
      return undefined;
  }
}

/** Who holds the versions that are not beyond the last one of their subject. */
function holdersOf(
  tx: Transaction,
  versioned: readonly Versioned[],
  locked: ReadonlyMap<string, LockedSubject>,
): Promise<Map<string, VersionHolder>> {
  const late = versioned.filter(
    ({ subject, version }) => version <= (locked.get(subjectKeyText(subject))?.state.lastVersion ?? 0),
  );
  return findVersionHolders(tx, late.map(claimOf));
}

function claimOf({ subject: { link, party, subject }, version }: Versioned) {
  return { link, party, subject, version };
}

/** Ids of messages whose version is another message's, in the register or earlier in this batch. */
function conflictsAmong(
  versioned: readonly Versioned[],
  holders: ReadonlyMap<string, VersionHolder>,
): Set<string> {
  const claimed = new Map([...holders].map(([claim, { message }]) => [claim, message]));
  const conflicts = new Set<string>();
  for (const item of versioned) {
    const claim = versionText(claimOf(item));
    const holder = claimed.get(claim);
    if (holder === undefined) claimed.set(claim, item.holder);
    else if (holder !== item.holder) conflicts.add(item.set.jti);
  }
  return conflicts;
}

interface Applied {
  versions: NewVersion[];
  touched: Set<LockedSubject>;
  /** What the register makes of a message that it applies all the same, by message id. */
  flags: Map<string, string[]>;
  holesOpened: VersionAt[];
  holesFilled: VersionAt[];
  voids: VoidedVersion[];
  /** Versions whose void came before their message. */
  outlived: VersionAt[];
}

interface Applying {
  locked: ReadonlyMap<string, LockedSubject>;
  holders: Map<string, VersionHolder>;
  link: Link;
  now: Date;
}

/** Applies versions in ascending order to the locked subjects; the greater one wins, cell by cell. */
function applyVersions(versioned: readonly Versioned[], { locked, holders, link, now }: Applying): Applied {
  const applied: Applied = {
    versions: [],
    touched: new Set(),
    flags: new Map(),
    holesOpened: [],
    holesFilled: [],
    voids: [],
    outlived: [],
  };
  for (const item of versioned) {
    const { set, subject, version, message } = item;
    const row = locked.get(subjectKeyText(subject));
    if (!row) throw new Error(`subject ${subject.subject} was not locked`);
    const claim = claimOf(item);
    const held = holders.get(versionText(claim));
    holders.set(versionText(claim), {
      message: item.holder,
      arrived: held?.arrived === true || !item.void,
      voided: held?.voided === true || Boolean(item.void),
    });
    const last = row.state.lastVersion;
    if (!held) {
      row.versionsHeld += 1;
      if (version <= last) applied.holesFilled.push(claim);
      else applied.holesOpened.push(...holesBetween(claim, last, version));
    }
    applied.touched.add(row);
    if (item.void) {
      row.state = { ...row.state, lastVersion: Math.max(last, version) };
      const { messageId, reason } = item.void;
      const moot = held?.arrived === true;
      applied.voids.push({ ...claim, message: messageId, voidMessage: set.jti, reason, moot });
      continue;
    }
    if (held?.voided) applied.outlived.push(claim);
    if (message) {
      const flags = inconsistencies(message, version, row.state, link.policy);
      if (flags.length > 0) applied.flags.set(set.jti, flags);
      row.state = applyToCells(row.state, message, { version, messageId: set.jti, at: now });
    } else {
      row.state = { ...row.state, lastVersion: Math.max(last, version) };
    }
    applied.versions.push({
      ...claim,
      countsAs: message ? countsAs(message, version) : version,
      messageId: set.jti,
      type: set.event.type,
      refused: message === undefined,
      standing: message ? statedStanding(message) : null,
    });
  }
  return applied;
}

function rowOf(judged: Judged, flags: readonly string[], link: Link): IncomingRow {
  const { set } = judged;
  const owed = link.receipts === 'required';
  switch (judged.kind) {
    case 'business':
      return {
        set,
        urgent: isUrgent(judged.message),
        errors: [],
        warnings: [...judged.warnings, ...flags.map(flagWarning)],
        receiptOwed: owed,
        inFeed: true,
      };
    case 'receipt':
      return { set, urgent: false, errors: [], warnings: [], receiptOwed: false, inFeed: false };
    case 'void':
    case 'own':
      return { set, urgent: false, errors: [], warnings: [], receiptOwed: owed, inFeed: false };
    case 'refused':
      return { set, urgent: false, errors: judged.errors, warnings: [], receiptOwed: owed, inFeed: false };
  }
}

function flagWarning(flag: string): Issue {
  return {
    pointer: '/data',
    code: 'inconsistent',
    message: `applied, but it does not fit what is on record: ${flag}`,
  };
}

function receivedEntry(judged: Judged, link: Link, party: Party): AuditContent {
  const { set } = judged;
  return {
    kind: judged.kind === 'refused' ? 'message-refused' : 'message-received',
    message: set.jti,
    link: link.id,
    to: party,
    type: set.event.type,
    subject: set.subject,
    ...(set.event.version === undefined ? {} : { version: set.event.version }),
    sha256: set.sha256.toString('base64url'),
    ...(judged.kind === 'refused'
      ? { errors: judged.errors.map(({ pointer, code }) => ({ pointer, code })) }
      : {}),
    ...(judged.kind === 'void' ? { voids: judged.data.messageId } : {}),
    ...(judged.kind === 'receipt'
      ? { receipts: judged.receipt.receipts.map(({ jti, outcome }) => ({ message: jti, outcome })) }
      : {}),
  };
}
