import type { ValidationResult } from '../../generated/messages.ts';
import type { Issue } from '../issue.ts';

type Finding = ValidationResult['findings'][number];

/**
 * domain.md 5.3: `passed` has no unmet must; `passed-with-actions` has an action, and an action and a due date on
 * every unmet must; `failed` has an unmet must.
 */
export function checkOutcome({ findings, outcome }: ValidationResult): Issue[] {
  switch (outcome) {
    case 'passed':
      return checkPassed(findings);
    case 'passed-with-actions':
      return checkPassedWithActions(findings);
    case 'failed':
      return checkFailed(findings);
  }
}

function checkPassed(findings: readonly Finding[]): Issue[] {
  const issues: Issue[] = [];
  for (const [i, finding] of findings.entries()) {
    if (!isUnmetMust(finding)) continue;
    issues.push({
      pointer: `/findings/${i}/result`,
      code: 'unmet-must',
      rule: '5.3',
      message: 'what has an unmet must is not passed',
    });
  }
  return issues;
}

function checkPassedWithActions(findings: readonly Finding[]): Issue[] {
  const issues: Issue[] = [];
  for (const [i, finding] of findings.entries()) {
    if (!isUnmetMust(finding)) continue;
    if (finding.action === undefined)
      issues.push(missingAction(`/findings/${i}/action`, 'an unmet must needs an action'));
    if (finding.dueOn === undefined) {
      issues.push({
        pointer: `/findings/${i}/dueOn`,
        code: 'due-date-missing',
        rule: '5.3',
        message: 'an unmet must needs the date by which its action is due',
      });
    }
  }
  if (issues.length === 0 && findings.every(({ action }) => action === undefined)) {
    issues.push(missingAction('/findings', 'passed-with-actions needs at least one action'));
  }
  return issues;
}

function checkFailed(findings: readonly Finding[]): Issue[] {
  if (findings.some(isUnmetMust)) return [];
  return [
    {
      pointer: '/outcome',
      code: 'no-unmet-must',
      rule: '5.3',
      message: 'failed needs at least one unmet must',
    },
  ];
}

function missingAction(pointer: string, message: string): Issue {
  return { pointer, code: 'action-missing', rule: '5.3', message };
}

function isUnmetMust({ obligation, result }: Finding): boolean {
  return obligation === 'must' && result === 'not-met';
}
