import type { ValidationResult } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import type { Database } from '../store/database.ts';
import type { ReadTime } from './read-time.ts';
import { readMessageData, readVersions } from './read-versions.ts';
import { stateAt } from './state-at.ts';
import { type SubjectKey, subjectKeyText } from './subject-key.ts';

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

/**
 * Validation results of both sides, newest visit first.
 *
 * @param time as they stood then; left out: the current ones
 */
export async function listValidations(
  database: Database,
  filter: ValidationFilter,
  time: ReadTime = {},
): Promise<StoredValidation[]> {
  if (time.on === undefined && time.asOf === undefined) return listCurrent(database, filter);
  const then = await validationsAt(database, filter.link, time);
  const { after, limit } = filter;
  return then
    .filter((result) => fits(result, filter) && (!after || newestFirst(after, result) < 0))
    .sort(newestFirst)
    .slice(0, limit);
}

/** All results of a link, or of all, as they stood at a time, in no order. Those of which nothing was known are absent. */
export async function validationsAt(
  database: Database,
  link: string | undefined,
  time: ReadTime = {},
): Promise<StoredValidation[]> {
  const subjects = await database.query<SubjectKey & { party: Party }>({
    name: 'register-validation-subjects',
    text: `select link, party, subject from subject
           where kind = 'validation' and ($1::text is null or link = $1)`,
    values: [link ?? null],
  });
  const found: StoredValidation[] = [];
  for (let from = 0; from < subjects.length; from += SUBJECTS_AT_ONCE) {
    const some = subjects.slice(from, from + SUBJECTS_AT_ONCE);
    const versions = await readVersions(database, some, time.asOf);
    const winners = some.flatMap(
      (key) => stateAt(versions.get(subjectKeyText(key)) ?? [], time, key.party).details ?? [],
    );
    const data = await readMessageData(database, winners);
    for (const { link: at, subject, version, message, at: receivedAt } of winners) {
      const said = data.get(message) as ValidationResult | undefined;
      if (!said) continue;
      found.push({
        link: at,
        subject,
        visitTo: said.visit.to,
        version,
        source: message,
        receivedAt,
        data: said,
      });
    }
  }
  return found;
}

/** Bounds one statement, not what is found. */
const SUBJECTS_AT_ONCE = 1_000;

function fits({ data }: StoredValidation, { round, outcome, since, facility }: ValidationFilter): boolean {
  const { name, identifiers } = data.facility;
  return (
    (round === undefined || data.round === round) &&
    (outcome === undefined || data.outcome === outcome) &&
    (since === undefined || data.visit.to >= since) &&
    (facility === undefined ||
      identifiers.some(({ value }) => value === facility) ||
      name.latin.toLowerCase().includes(facility.toLowerCase()) ||
      (name.native?.text.includes(facility) ?? false))
  );
}

function newestFirst(a: ValidationPlace, b: ValidationPlace): number {
  const [x, y] = [a, b].map(({ visitTo, link, subject }) => [visitTo, link, subject]) as [string[], string[]];
  for (const [n, part] of x.entries()) {
    const other = y[n] ?? '';
    if (part !== other) return part < other ? 1 : -1;
  }
  return 0;
}

async function listCurrent(database: Database, filter: ValidationFilter): Promise<StoredValidation[]> {
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
