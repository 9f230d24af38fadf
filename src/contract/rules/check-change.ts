import type { CertificationChange } from '../../generated/messages.ts';
import { changeEntry, compareGrades } from '../codes.ts';
import type { Issue } from '../issue.ts';

/** domain.md 4.3, from which a correction is exempt (3.5). */
export function checkLifeCycle(data: CertificationChange): Issue[] {
  return data.correction === undefined ? lifeCycleIssues(data) : [];
}

/** A correction that does not fit the life cycle is odd all the same. */
export function doubtLifeCycle(data: CertificationChange): Issue[] {
  return data.correction === undefined ? [] : lifeCycleIssues(data);
}

function lifeCycleIssues(data: CertificationChange): Issue[] {
  return [...checkStatuses(data), ...checkRegimeMove(data), ...checkDirection(data)];
}

/** The statuses between which each change leads. */
function checkStatuses({ change, from, to }: CertificationChange): Issue[] {
  const legal = changeEntry(change);
  const issues: Issue[] = [];
  if (!legal.from.includes(from.status)) {
    issues.push(illegal('/from/status', `${change} is not possible from ${from.status}`));
  }
  const target = legal.to === 'same' ? from.status : legal.to;
  if (to.status !== target)
    issues.push(illegal('/to/status', `${change} leads to ${target}, not to ${to.status}`));
  return issues;
}

/** Upgraded and downgraded move within a regime, reclassified from one to another. */
function checkRegimeMove({ change, regime, from }: CertificationChange): Issue[] {
  if (change === 'reclassified') {
    if (from.regime === regime) return [illegal('/from/regime', 'reclassified leads to another regime')];
  } else if (isGradeMove(change) && from.regime !== undefined && from.regime !== regime) {
    return [illegal('/from/regime', `${change} stays in the same regime`)];
  }
  return [];
}

/** Upgraded is to a better class or tier, downgraded to a worse one. */
function checkDirection({ change, regime, from, to }: CertificationChange): Issue[] {
  if (!isGradeMove(change)) return [];
  const before = from.class ?? from.tier;
  const after = to.class ?? to.tier;
  if (before === undefined || after === undefined) return [];
  const gain = compareGrades(regime, after, before);
  if (gain === undefined || (change === 'upgraded' ? gain > 0 : gain < 0)) return [];
  return [
    {
      pointer: to.class === undefined ? '/to/tier' : '/to/class',
      code: 'change-direction',
      rule: '4.3',
      message: `${change} from ${before} to ${after} is not ${change === 'upgraded' ? 'a gain' : 'a loss'}`,
    },
  ];
}

function isGradeMove(change: CertificationChange['change']): boolean {
  return change === 'upgraded' || change === 'downgraded';
}

function illegal(pointer: string, message: string): Issue {
  return { pointer, code: 'illegal-transition', rule: '4.3', message };
}
