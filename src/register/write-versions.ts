import type { Standing } from '../contract/cells.ts';
import type { ValidationResult } from '../contract/messages.ts';
import { columnArray, jsonTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import type { LockedSubject } from './lock-subjects.ts';
import { indexSubjects } from './search/write-documents.ts';

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

/**
 * Writes versions and the cells of their subjects in one statement: rows that the transaction holds locked are
 * updated, the others inserted, in one order for everybody. `subjects` carry the state after these versions; a void
 * moves a subject without being a version of it.
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
  if (versions.length === 0 && subjects.length === 0) return;
  const fresh = subjects.filter((s) => !s.stored).length;
  const [written] = await tx.query<{ inserted: number }>({
    name: 'register-write-versions',
    text: `with cells as materialized (
             select * from unnest($14::text[], $15::text[], $16::text[], $17::text[], $18::bigint[], $19::bigint[],
                       $20::bigint[], $21::bigint[], $22::uuid[], $23::timestamptz[], $24::json[],
                       $25::bigint[], $26::bigint[], $27::uuid[], $28::timestamptz[],
                       $29::date[], $30::text[], $31::text[], $32::text[], $33::text[], $34::text[], $35::date[],
                       $36::boolean[], $37::boolean[])
             as u(link, party, subject, kind, last_version, versions_held,
                  details_counts_as, details_version, details_message, details_at, details,
                  standing_counts_as, standing_version, standing_message, standing_at,
                  effective, regime, grade, status, round, outcome, visit_to, details_changed, stored)
           ), updated as (
             update subject s set
               kind = u.kind, last_version = u.last_version, versions_held = u.versions_held,
               details_counts_as = u.details_counts_as, details_version = u.details_version,
               details_message = u.details_message, details_at = u.details_at,
               details = case when u.details_changed then u.details else s.details end,
               standing_counts_as = u.standing_counts_as, standing_version = u.standing_version,
               standing_message = u.standing_message, standing_at = u.standing_at,
               effective = u.effective, regime = u.regime, grade = u.grade, status = u.status,
               round = u.round, outcome = u.outcome, visit_to = u.visit_to
             from cells u
             where u.stored and s.link = u.link and s.party = u.party and s.subject = u.subject
           ), inserted as (
             insert into subject
               (link, party, subject, kind, last_version, versions_held,
                details_counts_as, details_version, details_message, details_at, details,
                standing_counts_as, standing_version, standing_message, standing_at,
                effective, regime, grade, status, round, outcome, visit_to)
             select link, party, subject, kind, last_version, versions_held,
                details_counts_as, details_version, details_message, details_at, details,
                standing_counts_as, standing_version, standing_message, standing_at,
                effective, regime, grade, status, round, outcome, visit_to
             from cells where not stored
             order by link, party, subject
             on conflict (link, party, subject) do nothing
             returning 1
           ), versions as (
             insert into subject_version
               (link, party, subject, version, counts_as, message, type, refused, effective, regime, grade, status, at)
             select u.*, $13::timestamptz from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[],
               $6::uuid[], $7::text[], $8::boolean[], $9::date[], $10::text[], $11::text[], $12::text[]) as u
             where (select count(*) from inserted) = $38
           )
           select count(*)::integer as inserted from inserted`,
    values: [
      columnArray(versions.map((v) => v.link)),
      columnArray(versions.map((v) => v.party)),
      columnArray(versions.map((v) => v.subject)),
      columnArray(versions.map((v) => v.version)),
      columnArray(versions.map((v) => v.countsAs)),
      columnArray(versions.map((v) => v.messageId)),
      columnArray(versions.map((v) => v.type)),
      columnArray(versions.map((v) => v.refused)),
      columnArray(versions.map((v) => v.standing?.effective ?? null)),
      columnArray(versions.map((v) => v.standing?.regime ?? null)),
      columnArray(versions.map((v) => v.standing?.grade ?? null)),
      columnArray(versions.map((v) => v.standing?.status ?? null)),
      at,
      ...cellColumns(subjects),
      fresh,
    ],
  });
  if (written?.inserted !== fresh) {
    throw new StoreError(
      'conflict',
      'Another request was first with a new subject. Nothing was changed; try again.',
    );
  }
  await indexSubjects(tx, subjects);
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
    columnArray(subjects.map((s) => s.stored)),
  ];
}

/** What lists of validations are asked by; an enterprise has none of it. */
function validationOf({ kind, state }: LockedSubject): ValidationResult | undefined {
  const data = kind === 'validation' ? state.details?.data : undefined;
  return data && 'validationId' in data ? data : undefined;
}
