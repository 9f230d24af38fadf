import type { DetailsCell, StandingCell, SubjectState } from '../contract/cells.ts';
import type { BusinessType } from '../contract/messages.ts';
import type { Transaction } from '../store/database.ts';
import { type SubjectKey, subjectKeyText } from './subject-key.ts';

export interface SubjectToLock extends SubjectKey {
  kind: SubjectKind;
}

export type SubjectKind = 'enterprise' | 'validation' | 'unknown';

export function kindOf(type: BusinessType): SubjectKind {
  return type === 'validation-result' ? 'validation' : 'enterprise';
}

/** A subject row, locked until the transaction ends. */
export interface LockedSubject extends SubjectToLock {
  state: SubjectState;
  /** The details cell as it stands in the row, so that an unchanged record is not written again. */
  storedDetails: DetailsCell | null;
  /** How many versions are held; below `lastVersion` where there is a hole. */
  versionsHeld: number;
}

interface SubjectRow {
  link: string;
  party: LockedSubject['party'];
  subject: string;
  kind: SubjectKind;
  lastVersion: number;
  versionsHeld: number;
  detailsCountsAs: number | null;
  detailsVersion: number | null;
  detailsMessage: string | null;
  detailsAt: Date | null;
  details: string | null;
  standingCountsAs: number | null;
  standingVersion: number | null;
  standingMessage: string | null;
  standingAt: Date | null;
  effective: string | null;
  regime: string | null;
  grade: string | null;
  status: string | null;
}

/**
 * Inserts or locks the rows of these subjects, in one order for everybody, so that two batches with the
 * same subjects in other orders wait for each other and do not deadlock.
 *
 * @returns the locked rows by {@link subjectKeyText}
 */
export async function lockSubjects(
  tx: Transaction,
  subjects: readonly SubjectToLock[],
): Promise<Map<string, LockedSubject>> {
  const wanted = new Map(subjects.map((s) => [subjectKeyText(s), s]));
  const list = [...wanted.values()];
  if (list.length === 0) return new Map();
  const rows = await tx.query<SubjectRow>({
    name: 'register-lock-subjects',
    text: `insert into subject as s (link, party, subject, kind)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u(link, party, subject, kind)
           order by u.link, u.party, u.subject
           on conflict (link, party, subject) do update set kind = s.kind
           returning link, party, subject, kind, last_version as "lastVersion", versions_held as "versionsHeld",
             details_counts_as as "detailsCountsAs", details_version as "detailsVersion",
             details_message as "detailsMessage", details_at as "detailsAt", details,
             standing_counts_as as "standingCountsAs", standing_version as "standingVersion",
             standing_message as "standingMessage", standing_at as "standingAt",
             effective, regime, grade, status`,
    values: [
      list.map((s) => s.link),
      list.map((s) => s.party),
      list.map((s) => s.subject),
      list.map((s) => s.kind),
    ],
  });
  const locked = new Map<string, LockedSubject>();
  for (const row of rows) {
    const key = subjectKeyText(row);
    // A refused message may not say what its subject is; what is on record, or comes now, does.
    const kind = row.kind === 'unknown' ? (wanted.get(key)?.kind ?? 'unknown') : row.kind;
    const details = detailsOf(row);
    locked.set(key, {
      link: row.link,
      party: row.party,
      subject: row.subject,
      kind,
      versionsHeld: row.versionsHeld,
      storedDetails: details,
      state: { lastVersion: row.lastVersion, details, standing: standingOf(row) },
    });
  }
  return locked;
}

/** The record is parsed when a rule asks for it: most messages are judged by the standing alone. */
function detailsOf(row: SubjectRow): DetailsCell | null {
  const { detailsCountsAs, detailsVersion, detailsMessage, detailsAt, details } = row;
  if (detailsCountsAs === null || detailsVersion === null || !detailsMessage || !detailsAt || !details)
    return null;
  let parsed: DetailsCell['data'] | undefined;
  return {
    countsAs: detailsCountsAs,
    version: detailsVersion,
    messageId: detailsMessage,
    at: detailsAt,
    get data() {
      parsed ??= JSON.parse(details) as DetailsCell['data'];
      return parsed;
    },
  };
}

function standingOf(row: SubjectRow): StandingCell | null {
  const { standingCountsAs, standingVersion, standingMessage, standingAt, effective, regime, status } = row;
  if (standingCountsAs === null || standingVersion === null || !standingMessage || !standingAt) return null;
  if (effective === null || regime === null || status === null) return null;
  return {
    countsAs: standingCountsAs,
    version: standingVersion,
    messageId: standingMessage,
    at: standingAt,
    effective,
    regime: regime as StandingCell['regime'],
    grade: row.grade,
    status: status as StandingCell['status'],
  };
}

/** Removes the rows that locking inserted for subjects of which no version came to be: a refusal leaves nothing. */
export async function forgetUnused(tx: Transaction, subjects: readonly LockedSubject[]): Promise<void> {
  const unused = subjects.filter((s) => s.state.lastVersion === 0);
  if (unused.length === 0) return;
  await tx.query({
    name: 'register-forget-unused',
    text: `delete from subject s
           using unnest($1::text[], $2::text[], $3::text[]) as u(link, party, subject)
           where s.link = u.link and s.party = u.party and s.subject = u.subject and s.last_version = 0`,
    values: [unused.map((s) => s.link), unused.map((s) => s.party), unused.map((s) => s.subject)],
  });
}
