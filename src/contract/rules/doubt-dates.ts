import type { EnterpriseStatus, ValidationResult } from '../../generated/messages.ts';
import type { Issue } from '../issue.ts';

/** Dates of a record that domain.md 3.1 tells a story with, in an order in which it cannot have happened. */
export function doubtRecordDates(data: EnterpriseStatus): Issue[] {
  const { certifiedOn, statusSince, validUntil, lastValidatedOn, nextReviewDue, consent } = data;
  const issues = [
    ...notBefore(validUntil, certifiedOn, '/validUntil', 'the certification'),
    ...notBefore(nextReviewDue, lastValidatedOn, '/nextReviewDue', 'the last validation'),
    ...notBefore(consent?.withdrawnOn, consent?.givenOn, '/consent/withdrawnOn', 'the consent'),
  ];
  if (data.status !== 'applicant')
    issues.push(...notBefore(statusSince, certifiedOn, '/statusSince', 'certifiedOn'));
  if (data.status === 'certified')
    issues.push(...notBefore(validUntil, statusSince, '/validUntil', 'statusSince'));
  return issues;
}

/** What follows a visit (domain.md 6: the report is agreed after it, actions are due after it). */
export function doubtValidationDates({ visit, findings, agreedBy }: ValidationResult): Issue[] {
  const issues: Issue[] = [];
  for (const [i, { dueOn }] of findings.entries()) {
    issues.push(...notBefore(dueOn, visit.to, `/findings/${i}/dueOn`, 'the end of the visit'));
  }
  for (const [i, { on }] of (agreedBy ?? []).entries()) {
    issues.push(...notBefore(on, visit.to, `/agreedBy/${i}/on`, 'the end of the visit'));
  }
  return issues;
}

function notBefore(
  later: string | undefined,
  earlier: string | undefined,
  pointer: string,
  what: string,
): Issue[] {
  if (later === undefined || earlier === undefined || later >= earlier) return [];
  return [{ pointer, code: 'date-order', message: `${later} lies before ${what}, ${earlier}` }];
}
