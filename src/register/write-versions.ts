import type { Standing } from '../contract/cells.ts';
import type { ValidationResult } from '../contract/messages.ts';
import { jsonTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import type { LockedSubject } from './lock-subjects.ts';

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
 * Writes versions and, in the same statement, the cells of their subjects, whose rows the transaction holds
 * locked. `subjects` carry the state after these versions; a void moves a subject without being a version of it.
 */
export async function writeVersions(
  tx: Transaction,
  versions: readonly NewVersion[],
  subjects: readonly LockedSubject[],
  at: Date,
): Promise<void> {
  if (versions.length === 0 && subjects.length === 0) return;
  await tx.query({
    name: 'register-write-versions',
    text: `with versions as (
             insert into subject_version
               (link, party, subject, version, counts_as, message, type, refused, effective, regime, grade, status, at)
             select *, $13::timestamptz from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[],
               $6::uuid[], $7::text[], $8::boolean[], $9::date[], $10::text[], $11::text[], $12::text[])
           )
           update subject s set
             kind = u.kind, last_version = u.last_version, versions_held = u.versions_held,
             details_counts_as = u.details_counts_as, details_version = u.details_version,
             details_message = u.details_message, details_at = u.details_at,
             details = case when u.details_changed then u.details::json else s.details end,
             standing_counts_as = u.standing_counts_as, standing_version = u.standing_version,
             standing_message = u.standing_message, standing_at = u.standing_at,
             effective = u.effective, regime = u.regime, grade = u.grade, status = u.status,
             round = u.round, outcome = u.outcome, visit_to = u.visit_to
           from unnest($14::text[], $15::text[], $16::text[], $17::text[], $18::bigint[], $19::bigint[],
                       $20::bigint[], $21::bigint[], $22::uuid[], $23::timestamptz[], $24::text[],
                       $25::bigint[], $26::bigint[], $27::uuid[], $28::timestamptz[],
                       $29::date[], $30::text[], $31::text[], $32::text[], $33::text[], $34::text[], $35::date[], $36::boolean[])
             as u(link, party, subject, kind, last_version, versions_held,
                  details_counts_as, details_version, details_message, details_at, details,
                  standing_counts_as, standing_version, standing_message, standing_at,
                  effective, regime, grade, status, round, outcome, visit_to, details_changed)
           where s.link = u.link and s.party = u.party and s.subject = u.subject`,
    values: [
      versions.map((v) => v.link),
      versions.map((v) => v.party),
      versions.map((v) => v.subject),
      versions.map((v) => v.version),
      versions.map((v) => v.countsAs),
      versions.map((v) => v.messageId),
      versions.map((v) => v.type),
      versions.map((v) => v.refused),
      versions.map((v) => v.standing?.effective ?? null),
      versions.map((v) => v.standing?.regime ?? null),
      versions.map((v) => v.standing?.grade ?? null),
      versions.map((v) => v.standing?.status ?? null),
      at,
      ...cellColumns(subjects),
    ],
  });
}

/** One array for each column, in the order of the statement. */
function cellColumns(subjects: readonly LockedSubject[]): unknown[] {
  const details = subjects.map((s) => s.state.details);
  const standings = subjects.map((s) => s.state.standing);
  const validations = subjects.map(validationOf);
  const changed = subjects.map((s) => s.state.details !== s.storedDetails);
  return [
    subjects.map((s) => s.link),
    subjects.map((s) => s.party),
    subjects.map((s) => s.subject),
    subjects.map((s) => s.kind),
    subjects.map((s) => s.state.lastVersion),
    subjects.map((s) => s.versionsHeld),
    details.map((d) => d?.countsAs ?? null),
    details.map((d) => d?.version ?? null),
    details.map((d) => d?.messageId ?? null),
    details.map((d) => d?.at ?? null),
    jsonTextArray(details.map((d, n) => (d && changed[n] ? JSON.stringify(d.data) : null))),
    standings.map((c) => c?.countsAs ?? null),
    standings.map((c) => c?.version ?? null),
    standings.map((c) => c?.messageId ?? null),
    standings.map((c) => c?.at ?? null),
    standings.map((c) => c?.effective ?? null),
    standings.map((c) => c?.regime ?? null),
    standings.map((c) => c?.grade ?? null),
    standings.map((c) => c?.status ?? null),
    validations.map((v) => v?.round ?? null),
    validations.map((v) => v?.outcome ?? null),
    validations.map((v) => v?.visit.to ?? null),
    changed,
  ];
}

/** What lists of validations are asked by; an enterprise has none of it. */
function validationOf({ kind, state }: LockedSubject): ValidationResult | undefined {
  const data = kind === 'validation' ? state.details?.data : undefined;
  return data && 'validationId' in data ? data : undefined;
}
