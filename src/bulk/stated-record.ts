import type { EnterpriseStatus } from '../contract/messages.ts';
import { gradeMemberOf } from '../contract/party.ts';
import { isSameJson } from '../register/compare-json.ts';
import type { EnterpriseRecord } from '../register/read-enterprise.ts';

/** The record as it would be stated now: as it was, with the standing that decisions have moved since. */
export function statedRecord({ details, standing, party }: EnterpriseRecord): EnterpriseStatus | undefined {
  if (!details) return undefined;
  if (!standing) return details.data;
  const { class: _class, tier: _tier, ...rest } = details.data;
  return {
    ...rest,
    regime: standing.regime as EnterpriseStatus['regime'],
    ...(standing.grade === null ? {} : { [gradeMemberOf(party)]: standing.grade }),
    status: standing.status as EnterpriseStatus['status'],
    statusSince: standing.since,
  };
}

/** Whether two records say the same of the enterprise: lists without an order of their own may have any. */
export function saysTheSame(a: EnterpriseStatus, b: EnterpriseStatus): boolean {
  return isSameJson(comparable(a), comparable(b));
}

/** Why a record is sent is no part of what it says. */
function comparable({
  occasion: _1,
  correction: _2,
  reason: _3,
  enterprise,
  ...rest
}: EnterpriseStatus): object {
  const { identifiers, roles, supersedes, supersededBy, ...who } = enterprise;
  return {
    ...rest,
    enterprise: {
      ...who,
      identifiers: identifiers.map(({ scheme, value }) => `${scheme} ${value}`).sort(),
      roles: roles.toSorted(),
      supersedes: supersedes?.toSorted(),
      supersededBy: supersededBy?.toSorted(),
    },
  };
}
