import type { CertificationChange, EnterpriseStatus, ValidationResult } from '../../generated/messages.ts';
import type { CheckContext } from '../check-context.ts';
import type { Issue } from '../issue.ts';
import { partyOf } from '../party.ts';

/** domain.md 5.1: only CN states the status of a `CN…` enterprise, only US that of a `US…` one. */
export function checkEnterpriseAuthority(
  { enterprise }: EnterpriseStatus | CertificationChange,
  { sender }: CheckContext,
): Issue[] {
  if (partyOf(enterprise.id) === sender) return [];
  return [
    {
      pointer: '/enterprise/id',
      code: 'foreign-authority',
      rule: '5.1',
      message: `${sender} may only state the status of enterprises whose id begins with ${sender}`,
    },
  ];
}

/** domain.md 5.1: a joint validation's result is sent by its lead; for a facility in China that is CN. */
export function checkLeadAuthority(data: ValidationResult, { sender }: CheckContext): Issue[] {
  if (data.kind !== 'joint') return [];
  const issues: Issue[] = [];
  if (data.lead !== sender) {
    issues.push({
      pointer: '/lead',
      code: 'foreign-authority',
      rule: '5.1',
      message: `the result of a joint validation is sent by its lead, not by ${sender}`,
    });
  }
  if (data.facility.address.country === 'CN' && data.lead !== 'CN') {
    issues.push({
      pointer: '/lead',
      code: 'lead-not-host',
      rule: '5.1',
      message: 'CN leads a joint validation of a facility in China',
    });
  }
  return issues;
}

/** domain.md 5.1 names joint validations only; that another party led one's own validation is odd all the same. */
export function doubtLead(data: ValidationResult, { sender }: CheckContext): Issue[] {
  if (data.kind === 'joint' || data.lead === sender) return [];
  return [
    {
      pointer: '/lead',
      code: 'lead-not-sender',
      rule: '5.1',
      message: `${sender} sends the result of a validation that it did not lead`,
    },
  ];
}
