import type { CertificationChange, EnterpriseStatus, ValidationResult } from '../../generated/messages.ts';
import type { CheckContext } from '../check-context.ts';
import type { Issue } from '../issue.ts';
import { calendarDay } from '../party.ts';

const VISIT_WEEKDAYS_MAX = 10;
const DAY_MS = 86_400_000;

/** domain.md 5.4: what has been decided or done is not in the future. */
export function checkRecordDates(data: EnterpriseStatus, context: CheckContext): Issue[] {
  const today = latestDay(context);
  return [
    ...notAfter(today, data.certifiedOn, '/certifiedOn'),
    ...notAfter(today, data.lastValidatedOn, '/lastValidatedOn'),
  ];
}

/** domain.md 5.4: a decision is not in the future and takes effect on its day or later, which may be to come. */
export function checkChangeDates(
  { decidedOn, effectiveOn }: CertificationChange,
  context: CheckContext,
): Issue[] {
  const issues = notAfter(latestDay(context), decidedOn, '/decidedOn');
  if (effectiveOn < decidedOn) {
    issues.push({
      pointer: '/effectiveOn',
      code: 'effective-before-decided',
      rule: '5.4',
      message: `a decision of ${decidedOn} cannot be in effect from ${effectiveOn}`,
    });
  }
  return issues;
}

/** domain.md 5.4: visit and agreement are past, and a visit has at most ten days from Monday to Friday. */
export function checkValidationDates({ visit, agreedBy }: ValidationResult, context: CheckContext): Issue[] {
  const today = latestDay(context);
  const issues = [...notAfter(today, visit.from, '/visit/from'), ...notAfter(today, visit.to, '/visit/to')];
  for (const [i, { on }] of (agreedBy ?? []).entries())
    issues.push(...notAfter(today, on, `/agreedBy/${i}/on`));
  if (visit.to < visit.from) {
    issues.push({
      pointer: '/visit/to',
      code: 'visit-order',
      rule: '5.4',
      message: 'a visit ends after it begins',
    });
  } else if (weekdays(visit.from, visit.to) > VISIT_WEEKDAYS_MAX) {
    issues.push({
      pointer: '/visit/to',
      code: 'visit-too-long',
      rule: '5.4',
      message: `a visit has at most ${VISIT_WEEKDAYS_MAX} days from Monday to Friday, both ends counted`,
    });
  }
  return issues;
}

/** The last day that is not in the future, in the calendar of the stating administration. */
function latestDay({ sender, now, skewMs }: CheckContext): string {
  return calendarDay(sender, new Date(now.getTime() + skewMs));
}

function notAfter(today: string, date: string | undefined, pointer: string): Issue[] {
  if (date === undefined || date <= today) return [];
  return [
    { pointer, code: 'date-in-future', rule: '5.4', message: `${date} is in the future; today is ${today}` },
  ];
}

/** Days from Monday to Friday between two calendar dates, both ends counted. */
export function weekdays(from: string, to: string): number {
  const first = Date.parse(from) / DAY_MS;
  const days = Date.parse(to) / DAY_MS - first + 1;
  let count = Math.floor(days / 7) * 5;
  for (let i = 0; i < days % 7; i++) {
    // Day 0 of the epoch was a Thursday; Monday is 0 here.
    if ((((first + i + 3) % 7) + 7) % 7 < 5) count++;
  }
  return count;
}
