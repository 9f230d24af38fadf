import { type DetailsCell, emptySubject, type StandingCell, type SubjectState } from '../contract/cells.ts';
import type { BusinessType } from '../contract/messages.ts';
import { columnArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import { type SubjectKey, subjectKeyText } from './subject-key.ts';

export interface SubjectToLock extends SubjectKey {
  kind: SubjectKind;
}

export type SubjectKind = 'enterprise' | 'validation' | 'unknown';

export function kindOf(type: BusinessType): SubjectKind {
  return type === 'validation-result' ? 'validation' : 'enterprise';
}

/** A subject, whose row is locked until the transaction ends, or which has none yet. */
export interface LockedSubject extends SubjectToLock {
  stored: boolean;
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
 * Locks the rows of these subjects that exist, in one order for everybody, so that two batches with the same subjects
 * in other orders wait for each other and do not deadlock. A subject that has no row yet gets it from writeVersions,
 * which notices when another transaction was first.
 *
 * @returns a state for each subject, by {@link subjectKeyText}
 */
export async function lockSubjects(
  tx: Transaction,
  subjects: readonly SubjectToLock[],
): Promise<Map<string, LockedSubject>> {
  const locked = new Map<string, LockedSubject>(
    subjects.map((s) => [
      subjectKeyText(s),
      { ...s, stored: false, versionsHeld: 0, storedDetails: null, state: emptySubject },
    ]),
  );
  const list = [...locked.values()];
  if (list.length === 0) return locked;
  const rows = await tx.query<SubjectRow>({
    name: 'register-lock-subjects',
    text: `select s.link, s.party, s.subject, kind, last_version as "lastVersion", versions_held as "versionsHeld",
             details_counts_as as "detailsCountsAs", details_version as "detailsVersion",
             details_message as "detailsMessage", details_at as "detailsAt", details,
             standing_counts_as as "standingCountsAs", standing_version as "standingVersion",
             standing_message as "standingMessage", standing_at as "standingAt",
             effective, regime, grade, status
           from unnest($1::text[], $2::text[], $3::text[]) as u(link, party, subject)
           join subject s on s.link = u.link and s.party = u.party and s.subject = u.subject
           order by s.link, s.party, s.subject
           for update of s`,
    values: [
      columnArray(list.map((s) => s.link)),
      columnArray(list.map((s) => s.party)),
      columnArray(list.map((s) => s.subject)),
    ],
  });
  for (const row of rows) {
    const key = subjectKeyText(row);
    // A refused message may not say what its subject is; what is on record, or comes now, does.
    const kind = row.kind === 'unknown' ? (locked.get(key)?.kind ?? 'unknown') : row.kind;
    const details = detailsOf(row);
    locked.set(key, {
      link: row.link,
      party: row.party,
      subject: row.subject,
      kind,
      stored: true,
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
