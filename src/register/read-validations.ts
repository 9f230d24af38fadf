import type { ValidationResult } from '../contract/messages.ts';
import type { Database } from '../store/database.ts';

export interface ValidationFilter {
  link?: string;
  round?: string;
  outcome?: string;
  /** Visits that ended on this day or later. */
  since?: string;
  /** An identifier value of the facility, or part of its name in either script. */
  facility?: string;
  limit: number;
  after?: ValidationPlace;
}

/** Place in the list, for the page after it. */
export interface ValidationPlace {
  visitTo: string;
  link: string;
  subject: string;
}

export interface StoredValidation extends ValidationPlace {
  version: number;
  source: string;
  receivedAt: Date;
  data: ValidationResult;
}

/** Current validation results of both sides, newest visit first. */
export async function listValidations(
  database: Database,
  filter: ValidationFilter,
): Promise<StoredValidation[]> {
  const rows = await database.query<Omit<StoredValidation, 'data'> & { details: string }>({
    name: 'register-list-validations',
    text: `select link, subject, visit_to as "visitTo", details_version as version, details_message as source,
                  details_at as "receivedAt", details
           from subject
           where kind = 'validation' and details is not null
             and ($1::text is null or link = $1) and ($2::text is null or round = $2)
             and ($3::text is null or outcome = $3) and ($4::date is null or visit_to >= $4)
             and ($5::text is null
                  or exists (select from json_array_elements(details #> '{facility,identifiers}') i where i ->> 'value' = $5)
                  or position(lower($5) in lower(details #>> '{facility,name,latin}')) > 0
                  or position($5 in coalesce(details #>> '{facility,name,native,text}', '')) > 0)
             and ($6::date is null or (visit_to, link, subject) < ($6, $7, $8))
           order by visit_to desc, link desc, subject desc limit $9`,
    values: [
      filter.link ?? null,
      filter.round ?? null,
      filter.outcome ?? null,
      filter.since ?? null,
      filter.facility ?? null,
      filter.after?.visitTo ?? null,
      filter.after?.link ?? null,
      filter.after?.subject ?? null,
      filter.limit,
    ],
  });
  return rows.map(({ details, ...row }) => ({ ...row, data: JSON.parse(details) as ValidationResult }));
}

/** Counts of one round. `passed` counts passed and passed-with-actions; `passedWithActions` is the part of it. */
export interface RoundSummary {
  round: string;
  facilities: number;
  passed: number;
  passedWithActions: number;
  failed: number;
  /** Findings by category of the criteria, then by obligation and result. */
  byCategory: CategoryCounts[];
}

export interface CategoryCounts {
  criteria: string;
  category: number;
  must: FindingCounts;
  should: FindingCounts;
}

type FindingCounts = Record<Finding['result'], number>;
type Finding = ValidationResult['findings'][number];

/** A round is one campaign of validations; more than this is not one. */
const ROUND_RESULTS_MAX = 10_000;

/** @returns undefined where no result bears the round */
export async function summariseRound(
  database: Database,
  round: string,
  link?: string,
): Promise<RoundSummary | undefined> {
  const results = await listValidations(database, {
    round,
    limit: ROUND_RESULTS_MAX,
    ...(link ? { link } : {}),
  });
  if (results.length === 0) return undefined;
  const count = (outcome: ValidationResult['outcome']): number =>
    results.filter((r) => r.data.outcome === outcome).length;
  const passedWithActions = count('passed-with-actions');
  return {
    round,
    facilities: results.length,
    passed: count('passed') + passedWithActions,
    passedWithActions,
    failed: count('failed'),
    byCategory: countFindings(results.map((r) => r.data)),
  };
}

function countFindings(results: readonly ValidationResult[]): CategoryCounts[] {
  const counts = new Map<string, CategoryCounts>();
  for (const { criteria, findings } of results) {
    for (const { category, obligation, result } of findings) {
      const key = `${criteria} ${category}`;
      const row = counts.get(key) ?? { criteria, category, must: noFindings(), should: noFindings() };
      row[obligation][result] += 1;
      counts.set(key, row);
    }
  }
  return [...counts.values()].sort((a, b) => a.criteria.localeCompare(b.criteria) || a.category - b.category);
}

function noFindings(): FindingCounts {
  return { met: 0, 'not-met': 0, 'not-applicable': 0, 'best-practice': 0 };
}
