import type { Standing } from '../contract/cells.ts';
import type { ValidationResult } from '../contract/messages.ts';
import { columnArray, jsonTextArray } from '../store/array-literal.ts';
import { copyTarget } from '../store/copy-rows.ts';
import type { Transaction } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import type { LockedSubject } from './lock-subjects.ts';
import { indexSubjects } from './search/write-documents.ts';
import { subjectKeyText } from './subject-key.ts';

/** One version to be written: what it counts as and the standing that it states, if any. */
export interface NewVersion {
  link: string;
  party: string;
  subject: string;
  version: number;
  countsAs: number;
  messageId: string;
  type: string;
  /** A refused message spends its version and fills no cell. */
  refused: boolean;
  /** What it states of the standing; a validation and a refused message state none. */
  standing: Standing | null;
}

const VERSIONS = copyTarget<NewVersion, Date>('subject_version', (type) => ({
  link: type.text((v) => v.link),
  party: type.text((v) => v.party),
  subject: type.text((v) => v.subject),
  version: type.bigint((v) => v.version),
  counts_as: type.bigint((v) => v.countsAs),
  message: type.uuid((v) => v.messageId),
  type: type.text((v) => v.type),
  refused: type.bool((v) => v.refused),
  effective: type.date((v) => v.standing?.effective ?? null),
  regime: type.text((v) => v.standing?.regime ?? null),
  grade: type.text((v) => v.standing?.grade ?? null),
  status: type.text((v) => v.standing?.status ?? null),
  at: type.instant((_, at) => at),
}));

const NEW_SUBJECTS = copyTarget<LockedSubject, undefined>('subject', (type) => ({
  link: type.text((s) => s.link),
  party: type.text((s) => s.party),
  subject: type.text((s) => s.subject),
  kind: type.text((s) => s.kind),
  last_version: type.bigint((s) => s.state.lastVersion),
  versions_held: type.bigint((s) => s.versionsHeld),
  details_counts_as: type.bigint((s) => s.state.details?.countsAs ?? null),
  details_version: type.bigint((s) => s.state.details?.version ?? null),
  details_message: type.uuid((s) => s.state.details?.messageId ?? null),
  details_at: type.instant((s) => s.state.details?.at ?? null),
  details: type.json((s) => (s.state.details ? JSON.stringify(s.state.details.data) : null)),
  standing_counts_as: type.bigint((s) => s.state.standing?.countsAs ?? null),
  standing_version: type.bigint((s) => s.state.standing?.version ?? null),
  standing_message: type.uuid((s) => s.state.standing?.messageId ?? null),
  standing_at: type.instant((s) => s.state.standing?.at ?? null),
  effective: type.date((s) => s.state.standing?.effective ?? null),
  regime: type.text((s) => s.state.standing?.regime ?? null),
  grade: type.text((s) => s.state.standing?.grade ?? null),
  status: type.text((s) => s.state.standing?.status ?? null),
  round: type.text((s) => validationOf(s)?.round ?? null),
  outcome: type.text((s) => validationOf(s)?.outcome ?? null),
  visit_to: type.date((s) => validationOf(s)?.visit.to ?? null),
}));

/**
 * Writes versions and the cells of their subjects: rows that the transaction holds locked are updated, the others
 * appended. `subjects` carry the state after these versions; a void moves a subject without being a version of it.
 *
 * A new subject's row is written once and whole: inserted empty, to be locked, and filled by an update, it cost two
 * row versions, the second of them on another page with entries in both indexes.
 *
 * @throws StoreError `conflict` where another transaction was first with a new subject: to be done again from the start
 */
export async function writeVersions(
  tx: Transaction,
  versions: readonly NewVersion[],
  subjects: readonly LockedSubject[],
  at: Date,
): Promise<void> {
  await appendSubjects(
    tx,
    subjects.filter((s) => !s.stored),
  );
  await updateSubjects(
    tx,
    subjects.filter((s) => s.stored),
  );
  await tx.copy(VERSIONS, versions, at);
  await indexSubjects(tx, subjects);
}

/** In one order for everybody: a key that another transaction is about to take is waited for. */
async function appendSubjects(tx: Transaction, fresh: readonly LockedSubject[]): Promise<void> {
  const ordered = [...fresh].sort((a, b) => (subjectKeyText(a) < subjectKeyText(b) ? -1 : 1));
  try {
    await tx.copy(NEW_SUBJECTS, ordered, undefined);
  } catch (error) {
    if (!(error instanceof StoreError && error.constraint === 'subject_pkey')) throw error;
    throw new StoreError(
      'conflict',
      'Another request was first with a new subject. Nothing was changed; try again.',
      { cause: error },
    );
  }
}

async function updateSubjects(tx: Transaction, stored: readonly LockedSubject[]): Promise<void> {
  if (stored.length === 0) return;
  await tx.query({
    name: 'register-update-subjects',
    text: `update subject s set
             kind = u.kind, last_version = u.last_version, versions_held = u.versions_held,
             details_counts_as = u.details_counts_as, details_version = u.details_version,
             details_message = u.details_message, details_at = u.details_at,
             details = case when u.details_changed then u.details else s.details end,
             standing_counts_as = u.standing_counts_as, standing_version = u.standing_version,
             standing_message = u.standing_message, standing_at = u.standing_at,
             effective = u.effective, regime = u.regime, grade = u.grade, status = u.status,
             round = u.round, outcome = u.outcome, visit_to = u.visit_to
           from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
                       $7::bigint[], $8::bigint[], $9::uuid[], $10::timestamptz[], $11::json[],
                       $12::bigint[], $13::bigint[], $14::uuid[], $15::timestamptz[],
                       $16::date[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::date[],
                       $23::boolean[])
             as u(link, party, subject, kind, last_version, versions_held,
                  details_counts_as, details_version, details_message, details_at, details,
                  standing_counts_as, standing_version, standing_message, standing_at,
                  effective, regime, grade, status, round, outcome, visit_to, details_changed)
           where s.link = u.link and s.party = u.party and s.subject = u.subject`,
    values: cellColumns(stored),
  });
}

/** One array for each column, in the order of the statement. */
function cellColumns(subjects: readonly LockedSubject[]): string[] {
  const details = subjects.map((s) => s.state.details);
  const standings = subjects.map((s) => s.state.standing);
  const validations = subjects.map(validationOf);
  const changed = subjects.map((s) => s.state.details !== s.storedDetails);
  return [
    columnArray(subjects.map((s) => s.link)),
    columnArray(subjects.map((s) => s.party)),
    columnArray(subjects.map((s) => s.subject)),
    columnArray(subjects.map((s) => s.kind)),
    columnArray(subjects.map((s) => s.state.lastVersion)),
    columnArray(subjects.map((s) => s.versionsHeld)),
    columnArray(details.map((d) => d?.countsAs ?? null)),
    columnArray(details.map((d) => d?.version ?? null)),
    columnArray(details.map((d) => d?.messageId ?? null)),
    columnArray(details.map((d) => d?.at ?? null)),
    jsonTextArray(details.map((d, n) => (d && changed[n] ? JSON.stringify(d.data) : null))),
    columnArray(standings.map((c) => c?.countsAs ?? null)),
    columnArray(standings.map((c) => c?.version ?? null)),
    columnArray(standings.map((c) => c?.messageId ?? null)),
    columnArray(standings.map((c) => c?.at ?? null)),
    columnArray(standings.map((c) => c?.effective ?? null)),
    columnArray(standings.map((c) => c?.regime ?? null)),
    columnArray(standings.map((c) => c?.grade ?? null)),
    columnArray(standings.map((c) => c?.status ?? null)),
    columnArray(validations.map((v) => v?.round ?? null)),
    columnArray(validations.map((v) => v?.outcome ?? null)),
    columnArray(validations.map((v) => v?.visit.to ?? null)),
    columnArray(changed),
  ];
}

/** What lists of validations are asked by; an enterprise has none of it. */
function validationOf({ kind, state }: LockedSubject): ValidationResult | undefined {
  const data = kind === 'validation' ? state.details?.data : undefined;
  return data && 'validationId' in data ? data : undefined;
}
