import type { Regime, Role, Status, Tier } from '../../generated/codes.ts';
import type { CertificationChange, EnterpriseStatus } from '../../generated/messages.ts';
import { hasGrade, isAeo, regimeEntry, tiersOfRole } from '../codes.ts';
import type { Issue } from '../issue.ts';
import { partyOf } from '../party.ts';

/** Where a status and its class or tier stand together. */
interface Graded {
  readonly status: Status;
  readonly class?: string;
  readonly tier?: string;
}

/** domain.md 4.2 for a record. */
export function checkRecordGrade(data: EnterpriseStatus): Issue[] {
  return checkGrade(data, data.regime, data.enterprise.id, '');
}

/** domain.md 4.2 for both ends of a change; `from` may be under another regime. */
export function checkChangeGrades({ enterprise, regime, from, to }: CertificationChange): Issue[] {
  return [
    ...checkGrade(from, from.regime ?? regime, enterprise.id, '/from'),
    ...checkGrade(to, regime, enterprise.id, '/to'),
  ];
}

/** domain.md 4.1: tier III is open to importers and exporters; one such role is enough. */
export function checkTierOfRoles({ tier, enterprise }: EnterpriseStatus): Issue[] {
  if (tier === undefined || mayHold(enterprise.roles, tier)) return [];
  const message = `tier ${tier} is not open to ${enterprise.roles.join(', ')}`;
  return [{ pointer: '/tier', code: 'tier-not-for-role', rule: '4.1', message }];
}

function mayHold(roles: readonly Role[], tier: Tier): boolean {
  return roles.some((role) => tiersOfRole(role).includes(tier));
}

/** Certified and suspended need an aeo class of the regime; any other status, if it has a class, one of the regime. */
function checkGrade(graded: Graded, regime: Regime, id: string, at: string): Issue[] {
  const grade = graded.class ?? graded.tier;
  // A regime of the other party is the breach that check-regime.ts names; it has no grade to compare with.
  if (grade === undefined || regimeEntry(regime).party !== partyOf(id)) return [];
  const pointer = graded.class === undefined ? `${at}/tier` : `${at}/class`;
  if (!hasGrade(regime, grade)) {
    return [
      { pointer, code: 'grade-not-in-regime', rule: '4.2', message: `${regime} does not have ${grade}` },
    ];
  }
  const { status } = graded;
  if ((status !== 'certified' && status !== 'suspended') || isAeo(regime, grade)) return [];
  const message = `${status} needs the class of an authorised operator; ${grade} is none under ${regime}`;
  return [{ pointer, code: 'grade-not-aeo', rule: '4.2', message }];
}
