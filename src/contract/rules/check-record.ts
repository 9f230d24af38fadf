import type { EnterpriseStatus } from '../../generated/messages.ts';
import type { CheckContext } from '../check-context.ts';
import { checkIdShape, checkRegistration } from '../identifiers/check-identifiers.ts';
import type { Issue } from '../issue.ts';

/** domain.md 2: the id is made from the registration, and so are those it supersedes or is superseded by. */
export function checkRecordIds({ enterprise }: EnterpriseStatus): Issue[] {
  const { id, identifiers, supersedes, supersededBy } = enterprise;
  return [
    ...checkRegistration(id, identifiers),
    ...checkIdShapes(supersedes, '/enterprise/supersedes'),
    ...checkIdShapes(supersededBy, '/enterprise/supersededBy'),
  ];
}

function checkIdShapes(ids: readonly string[] | undefined, pointer: string): Issue[] {
  return (ids ?? []).flatMap((id, i) => checkIdShape(id, `${pointer}/${i}`));
}

/** domain.md 5.5: where the link demands consent a record bears it, given or withdrawn. */
export function checkRecordConsent({ consent }: EnterpriseStatus, { policy }: CheckContext): Issue[] {
  if (!policy.consentRequired || consent !== undefined) return [];
  const message = "this link demands the enterprise's consent to the exchange";
  return [{ pointer: '/consent', code: 'consent-missing', rule: '5.5', message }];
}
