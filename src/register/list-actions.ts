import type { ValidationResult } from '../contract/messages.ts';
import { calendarDay } from '../contract/party.ts';
import type { Database } from '../store/database.ts';
import type { ReadTime } from './read-time.ts';
import { type StoredValidation, validationsAt } from './read-validations.ts';

export type ActionStatus = 'open' | 'overdue' | 'closed';

/** A corrective action that a validation asked for, and what became of it. */
export interface CorrectiveAction {
  validationId: string;
  link: string;
  round: string | null;
  facility: ValidationResult['facility'];
  enterpriseId: string | null;
  criteria: string;
  criterion: string;
  category: number;
  obligation: string;
  action: string;
  note: string | null;
  dueOn: string | null;
  status: ActionStatus;
  /** The later validation of the same facility that found the criterion met. */
  closedBy: string | null;
  /** Message that says so. */
  source: string;
}

type Finding = ValidationResult['findings'][number];

/** Corrective actions, the soonest due first. */
export async function listActions(
  database: Database,
  link: string | undefined,
  time: ReadTime,
  now: Date,
): Promise<CorrectiveAction[]> {
  return actionsOf(await validationsAt(database, link, time), (lead) =>
    time.on === undefined ? calendarDay(lead, time.asOf ?? now) : time.on,
  );
}

/**
 * The actions of these results. One is closed once a later validation of the same facility finds its criterion
 * other than not met; until then it is open, and overdue from the day after it was due.
 *
 * @param today the day in the calendar of the party that led the validation
 */
export function actionsOf(
  results: readonly StoredValidation[],
  today: (lead: ValidationResult['lead']) => string,
): CorrectiveAction[] {
  const byFacility = groupByFacility(results);
  const actions = results.flatMap((result) =>
    result.data.findings
      .filter(({ result: found, action }) => found === 'not-met' && action !== undefined)
      .map((finding) => actionOf(result, finding, byFacility, today(result.data.lead))),
  );
  return actions.sort(soonestFirst);
}

function actionOf(
  { link, subject, source, data }: StoredValidation,
  { criterion, category, obligation, action, note, dueOn }: Finding,
  byFacility: ReadonlyMap<string, StoredValidation[]>,
  today: string,
): CorrectiveAction {
  const { facility, round, enterpriseId, criteria, visit } = data;
  const later = facilityKeys(link, data)
    .flatMap((key) => byFacility.get(key) ?? [])
    .find((other) => other.data.visit.from > visit.to && settles(other.data, criteria, criterion));
  const overdue = dueOn !== undefined && dueOn < today;
  return {
    validationId: subject,
    link,
    round: round ?? null,
    facility,
    enterpriseId: enterpriseId ?? null,
    criteria,
    criterion,
    category,
    obligation,
    action: action ?? '',
    note: note ?? null,
    dueOn: dueOn ?? null,
    status: later ? 'closed' : overdue ? 'overdue' : 'open',
    closedBy: later?.subject ?? null,
    source,
  };
}

function settles({ criteria, findings }: ValidationResult, edition: string, criterion: string): boolean {
  return (
    criteria === edition &&
    findings.some((finding) => finding.criterion === criterion && finding.result !== 'not-met')
  );
}

/** Two validations are of one facility where they share its enterprise or one of its own identifiers; MIDs are not unique. */
function facilityKeys(link: string, { enterpriseId, facility }: ValidationResult): string[] {
  const keys = facility.identifiers
    .filter(({ scheme }) => scheme !== 'cbp.mid')
    .map(({ scheme, value }) => `${link} ${scheme} ${value}`);
  return enterpriseId === undefined ? keys : [...keys, `${link} id ${enterpriseId}`];
}

function groupByFacility(results: readonly StoredValidation[]): Map<string, StoredValidation[]> {
  const groups = new Map<string, StoredValidation[]>();
  for (const result of results) {
    for (const key of facilityKeys(result.link, result.data)) {
      const group = groups.get(key);
      if (group) group.push(result);
      else groups.set(key, [result]);
    }
  }
  return groups;
}

/** One without a date comes last. */
function soonestFirst(a: CorrectiveAction, b: CorrectiveAction): number {
  const [x, y] = [a, b].map(
    (one) => `${one.dueOn ?? '9999'} ${one.link} ${one.validationId} ${one.criterion}`,
  ) as [string, string];
  return x < y ? -1 : x > y ? 1 : 0;
}
