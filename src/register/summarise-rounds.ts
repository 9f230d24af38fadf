import type { ValidationResult } from '../contract/messages.ts';
import type { Database } from '../store/database.ts';
import type { ReadTime } from './read-time.ts';
import { listValidations, type StoredValidation, validationsAt } from './read-validations.ts';

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
  time: ReadTime = {},
): Promise<RoundSummary | undefined> {
  const filter = { round, limit: ROUND_RESULTS_MAX, ...(link ? { link } : {}) };
  const results = await listValidations(database, filter, time);
  return results.length === 0 ? undefined : summaryOf(round, results);
}

/** Every round that a result bears, the latest visit first. */
export async function listRounds(
  database: Database,
  link: string | undefined,
  time: ReadTime,
): Promise<(RoundSummary & { firstVisit: string; lastVisit: string })[]> {
  const byRound = new Map<string, StoredValidation[]>();
  for (const result of await validationsAt(database, link, time)) {
    const { round } = result.data;
    if (round === undefined) continue;
    const list = byRound.get(round);
    if (list) list.push(result);
    else byRound.set(round, [result]);
  }
  const rounds = [...byRound].map(([round, results]) => {
    const firstVisit = results.map(({ data }) => data.visit.from).sort()[0] ?? '';
    const lastVisit =
      results
        .map(({ data }) => data.visit.to)
        .sort()
        .at(-1) ?? '';
    return { ...summaryOf(round, results), firstVisit, lastVisit };
  });
  return rounds.sort((a, b) => (a.lastVisit < b.lastVisit ? 1 : -1));
}

function summaryOf(round: string, results: readonly StoredValidation[]): RoundSummary {
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
