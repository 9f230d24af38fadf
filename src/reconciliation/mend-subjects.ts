import { appendEntries } from '../audit/append-entries.ts';
import { type DetailsCell, greatestOf, type StandingCell, statedStanding } from '../contract/cells.ts';
import type { BusinessMessage } from '../contract/messages.ts';
import { readStoredSet } from '../envelope/read-set.ts';
import { isSameJson } from '../register/compare-json.ts';
import { type LockedSubject, lockSubjects } from '../register/lock-subjects.ts';
import { readVersions } from '../register/read-versions.ts';
import { type StoredVersion, stateAt } from '../register/state-at.ts';
import { subjectKeyText } from '../register/subject-key.ts';
import { writeVersions } from '../register/write-versions.ts';
import { columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import { asSaid, findLost, type LostVersion, putBack, REFUSED_SQL } from './lost-versions.ts';
import type { Register } from './read-records.ts';
import { NAMED_MAX } from './reconciliation.ts';

/** The message behind a version, as it is on record. */
interface Behind {
  id: string;
  subject: string;
  jws: string | null;
  refused: boolean;
}

/**
 * Brings the rows of these enterprises to what their signed messages say, in the caller's transaction: cells that were
 * altered, a row or a version that is missing, a row of which no message speaks. Where a message was given up with its
 * month, or erased, the row is all there is and stays.
 *
 * @param subjects up to some hundred
 * @param lost versions of theirs to be put back; absent: they are looked for where some are missing
 * @returns those that were put right
 */
export async function mendSubjects(
  tx: Transaction,
  register: Register,
  subjects: readonly string[],
  now: Date,
  lost?: readonly LostVersion[],
): Promise<string[]> {
  if (subjects.length === 0) return [];
  const { link, party } = register;
  const locked = await lockSubjects(
    tx,
    subjects.map((subject) => ({ link, party, subject, kind: 'enterprise' })),
  );
  const versions = await readVersions(tx, [...locked.values()]);
  const voids = await readVoids(tx, register, subjects);
  const found = lost ?? (await findLost(tx, register, incomplete(locked, versions, voids)));
  await putBack(tx, found);
  const restored = Map.groupBy(found, subjectKeyText);
  const behind = await readBehind(tx, register, [...versions.values()].flat());
  for (const { message, subject, jws, refused } of found) {
    behind.set(message, { id: message, subject, jws, refused });
  }
  const wrong: LockedSubject[] = [];
  const extra: string[] = [];
  const foreign: StoredVersion[] = [];
  const corrected: StoredVersion[] = [];
  for (const subject of locked.values()) {
    const back = restored.get(subjectKeyText(subject)) ?? [];
    const all = [...(versions.get(subjectKeyText(subject)) ?? []), ...back];
    const held = all.filter((v) => isAbout(v, behind));
    const theirs = held.map((v) => rightVersion(v, register, behind));
    const altered = held.filter((v, n) => theirs[n] !== v);
    corrected.push(...theirs.filter((v, n) => held[n] !== v));
    const voided = voids.get(subject.subject) ?? [];
    foreign.push(...all.filter((v) => !isAbout(v, behind)));
    if (theirs.length + voided.length === 0) {
      if (subject.stored) extra.push(subject.subject);
    } else if (restate(subject, theirs, voided, behind) || back.length + altered.length > 0)
      wrong.push(subject);
  }
  await dropVersions(tx, [...foreign, ...corrected]);
  await putBack(tx, corrected);
  await dropSubjects(tx, register, extra);
  await writeVersions(tx, [], wrong, now);
  const mended = [...wrong.map(({ subject }) => subject), ...extra];
  if (mended.length > 0) {
    const entry = {
      kind: 'records-mended',
      link,
      party,
      restated: wrong.length,
      removed: extra.length,
      enterprises: mended.slice(0, NAMED_MAX),
    };
    await appendEntries(tx, [entry], now);
  }
  return mended;
}

/** A version of which the message is gone is taken at its word; one whose message is of another enterprise is not. */
function isAbout({ message, subject }: StoredVersion, behind: ReadonlyMap<string, Behind>): boolean {
  return (behind.get(message)?.subject ?? subject) === subject;
}

/** The version itself where it is as its message says, or the message is gone. */
function rightVersion(
  version: StoredVersion,
  register: Register,
  behind: ReadonlyMap<string, Behind>,
): StoredVersion {
  const { jws, refused } = behind.get(version.message) ?? { jws: null, refused: version.refused };
  if (jws === null || version.type === 'validation-result') return version;
  const said = asSaid({ ...version, refused }, jws, register);
  return isSameJson({ ...said, at: 0 }, { ...version, at: 0 }) ? version : said;
}

/** @returns whether the row was otherwise */
function restate(
  row: LockedSubject,
  versions: readonly StoredVersion[],
  voids: readonly number[],
  behind: ReadonlyMap<string, Behind>,
): boolean {
  const before = row.state;
  const standing = versions.filter(({ type, refused }) => !refused && type !== 'validation-result');
  const state = {
    lastVersion: Math.max(before.lastVersion, ...voids, ...versions.map(({ version }) => version)),
    details: detailsOf(row, stateAt(versions, {}, row.party).details, behind),
    standing: standingOf(greatestOf(standing), behind),
  };
  const same =
    row.stored &&
    isSameCell(before.details, state.details) &&
    isSameCell(before.standing, state.standing) &&
    state.lastVersion === before.lastVersion;
  row.versionsHeld = Math.max(row.versionsHeld, new Set([...voids, ...versions.map((v) => v.version)]).size);
  if (same) return false;
  row.state = state;
  return true;
}

/** Enterprises of which a version is missing, or everything. */
function incomplete(
  locked: ReadonlyMap<string, LockedSubject>,
  versions: ReadonlyMap<string, readonly StoredVersion[]>,
  voids: ReadonlyMap<string, readonly number[]>,
): string[] {
  return [...locked].flatMap(([key, { subject, state }]) => {
    const held = new Set([...(voids.get(subject) ?? []), ...(versions.get(key) ?? []).map((v) => v.version)])
      .size;
    return held === 0 || held < state.lastVersion ? [subject] : [];
  });
}

function detailsOf(
  { state }: LockedSubject,
  winner: StoredVersion | undefined,
  behind: ReadonlyMap<string, Behind>,
): DetailsCell | null {
  if (!winner) return null;
  const said = dataOf(winner, behind);
  if (!said) return state.details?.messageId === winner.message ? state.details : null;
  return { ...cellOf(winner), data: said as DetailsCell['data'] };
}

function standingOf(
  winner: StoredVersion | undefined,
  behind: ReadonlyMap<string, Behind>,
): StandingCell | null {
  if (!winner) return null;
  const data = dataOf(winner, behind);
  if (data) {
    const said = statedStanding({ type: winner.type, data } as BusinessMessage);
    return said && { ...cellOf(winner), ...said };
  }
  const { effective, regime, grade, status } = winner;
  if (effective === null || regime === null || status === null) return null;
  return { ...cellOf(winner), effective, regime, grade, status };
}

function cellOf({ version, countsAs, message, at }: StoredVersion) {
  return { version, countsAs, messageId: message, at };
}

function dataOf({ message }: StoredVersion, behind: ReadonlyMap<string, Behind>): unknown {
  const jws = behind.get(message)?.jws;
  return jws ? readStoredSet(jws).event.data : undefined;
}

function isSameCell(a: DetailsCell | StandingCell | null, b: DetailsCell | StandingCell | null): boolean {
  if (a === null || b === null) return a === b;
  return isSameJson({ ...a, at: a.at.getTime() }, { ...b, at: b.at.getTime() });
}

async function readBehind(
  tx: Transaction,
  { link, direction }: Register,
  versions: readonly StoredVersion[],
): Promise<Map<string, Behind>> {
  const rows = await tx.query<Behind>({
    name: 'reconciliation-messages-behind',
    text: `select m.id, m.subject, m.jws, ${REFUSED_SQL} as refused from message m
           where m.link = $1 and m.direction = $2 and m.id = any ($3::uuid[])`,
    values: [link, direction, plainTextArray(versions.map((v) => v.message))],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Versions that were left to a void: they are spent, and say nothing. */
async function readVoids(
  tx: Transaction,
  { link, party }: Register,
  subjects: readonly string[],
): Promise<Map<string, number[]>> {
  const rows = await tx.query<{ subject: string; versions: number[] }>({
    name: 'reconciliation-voids',
    text: `select subject, array_agg(version) as versions from version_void
           where link = $1 and party = $2 and subject = any ($3::text[]) group by subject`,
    values: [link, party, columnArray(subjects)],
  });
  return new Map(rows.map(({ subject, versions }) => [subject, versions]));
}

async function dropVersions(tx: Transaction, versions: readonly StoredVersion[]): Promise<void> {
  if (versions.length === 0) return;
  await tx.query({
    name: 'reconciliation-drop-versions',
    text: `delete from subject_version v
           using unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as u(link, party, subject, version)
           where v.link = u.link and v.party = u.party and v.subject = u.subject and v.version = u.version`,
    values: [
      columnArray(versions.map((v) => v.link)),
      columnArray(versions.map((v) => v.party)),
      columnArray(versions.map((v) => v.subject)),
      columnArray(versions.map((v) => v.version)),
    ],
  });
}

async function dropSubjects(
  tx: Transaction,
  { link, party }: Register,
  subjects: readonly string[],
): Promise<void> {
  if (subjects.length === 0) return;
  await tx.query({
    name: 'reconciliation-drop-subjects',
    text: `with searched as (
             delete from enterprise_search where link = $1 and party = $2 and subject = any ($3::text[])
           ), queued as (
             delete from search_pending where link = $1 and party = $2 and subject = any ($3::text[])
           ), hashed as (
             delete from record_hash where link = $1 and party = $2 and subject = any ($3::text[])
           )
           delete from subject where link = $1 and party = $2 and subject = any ($3::text[])`,
    values: [link, party, columnArray(subjects)],
  });
}
