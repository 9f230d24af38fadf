import type { ValidationResult } from '../../generated/messages.ts';
import { editionEntry, editionOn } from '../codes.ts';
import { bearsRegistrationOf } from '../identifiers/canonical-id.ts';
import type { Issue, IssueCode } from '../issue.ts';

/** domain.md 3.3: a facility that has a record bears the registration of this record. */
export function checkFacilityRegistration({ enterpriseId, facility }: ValidationResult): Issue[] {
  if (enterpriseId === undefined || bearsRegistrationOf(enterpriseId, facility.identifiers)) return [];
  const message = 'the identifiers of the facility must hold the one registration that this id is made from';
  return [{ pointer: '/enterpriseId', code: 'facility-registration', rule: '3.3', message }];
}

/** domain.md 3.5: a joint validation has both parties in its team and in its agreement. */
export function checkBothParties({ kind, agreedBy, team }: ValidationResult): Issue[] {
  if (kind !== 'joint') return [];
  return [
    ...bothParties(agreedBy, '/agreedBy', 'agreed-by-incomplete'),
    ...bothParties(team, '/team', 'team-incomplete'),
  ];
}

function bothParties(
  list: readonly { readonly party: string }[] | undefined,
  pointer: string,
  code: IssueCode,
): Issue[] {
  if (new Set(list?.map(({ party }) => party)).size >= 2) return [];
  return [{ pointer, code, rule: '3.5', message: 'a joint validation names both parties here' }];
}

/** domain.md 3.5: in a joint team exactly one member is lead, and of the leading party. */
export function checkTeamLead({ kind, lead, team }: ValidationResult): Issue[] {
  if (kind !== 'joint' || team === undefined) return [];
  const leaders = team.filter(({ role }) => role === 'lead');
  if (leaders.length === 1 && leaders[0]?.party === lead) return [];
  const message = `exactly one member of the team is lead, and that one is of ${lead}`;
  return [{ pointer: '/team', code: 'team-lead', rule: '3.5', message }];
}

/** domain.md 4.1: the edition of the criteria was in use when the visit began. */
export function checkEdition({ criteria, visit }: ValidationResult): Issue[] {
  if (editionOn(visit.from) === criteria) return [];
  const message = `${criteria} was not in use on ${visit.from}`;
  return [{ pointer: '/criteria', code: 'edition-not-in-use', rule: '4.1', message }];
}

/** domain.md 3.5: a finding's category is the number before the dot, and one of the edition. */
export function checkCategories({ criteria, findings }: ValidationResult): Issue[] {
  const issues: Issue[] = [];
  const { categories } = editionEntry(criteria);
  for (const [i, { criterion, category }] of findings.entries()) {
    const pointer = `/findings/${i}/category`;
    if (Number.parseInt(criterion, 10) !== category) {
      const message = `criterion ${criterion} is not of category ${category}`;
      issues.push({ pointer, code: 'category-mismatch', rule: '3.5', message });
    } else if (!categories.some(({ number }) => number === category)) {
      const message = `${criteria} has no category ${category}`;
      issues.push({ pointer, code: 'category-not-in-edition', rule: '3.5', message });
    }
  }
  return issues;
}
