import type { CertificationChange, EnterpriseStatus, ValidationResult } from '../../generated/messages.ts';
import type { CheckContext } from '../check-context.ts';
import { unlessFaulty } from '../guard-members.ts';
import {
  checkCheckDigits,
  checkIdentifierShape,
  checkIdentifierShapes,
  checkIdShape,
  doubtIdentifiers,
  type Identified,
} from '../identifiers/check-identifiers.ts';
import type { CheckResult, Issue } from '../issue.ts';
import type { BusinessMessage } from '../messages.ts';
import { checkEnterpriseAuthority, checkLeadAuthority, doubtLead } from './check-authority.ts';
import { checkLifeCycle, doubtLifeCycle } from './check-change.ts';
import { checkCorrection, doubtCorrection } from './check-correction.ts';
import { checkChangeDates, checkRecordDates, checkValidationDates } from './check-dates.ts';
import { checkChangeGrades, checkRecordGrade, checkTierOfRoles } from './check-grade.ts';
import { checkOutcome } from './check-outcome.ts';
import { checkRecordConsent, checkRecordIds } from './check-record.ts';
import { checkChangeRegime, checkRecordRegime } from './check-regime.ts';
import { checkImporterNumbers, doubtEMail } from './check-text.ts';
import {
  checkBothParties,
  checkCategories,
  checkEdition,
  checkFacilityRegistration,
  checkTeamLead,
} from './check-validation.ts';
import { doubtRecordDates, doubtValidationDates } from './doubt-dates.ts';
import type { Rule, RuleSet } from './rule.ts';

const recordRules: RuleSet<EnterpriseStatus> = {
  both: [
    checkEnterpriseAuthority,
    checkRecordDates,
    ({ enterprise }) => checkIdentifierShapes(enterprise.identifiers, '/enterprise/identifiers'),
  ],
  sender: [
    checkRecordIds,
    (data, context) => checkCheckDigits(enterpriseOf(data), context),
    checkImporterNumbers,
    checkRecordRegime,
    checkRecordGrade,
    checkTierOfRoles,
    checkRecordConsent,
    checkCorrection,
  ],
  nobody: [
    (data, context) => doubtIdentifiers(enterpriseOf(data), context),
    doubtRecordDates,
    doubtCorrection,
    doubtEMail,
  ],
};

const changeRules: RuleSet<CertificationChange> = {
  both: [checkEnterpriseAuthority, checkChangeDates],
  sender: [
    ({ enterprise }) => checkIdShape(enterprise.id, '/enterprise/id'),
    checkImporterNumbers,
    checkChangeRegime,
    checkChangeGrades,
    checkLifeCycle,
    checkCorrection,
  ],
  nobody: [doubtLifeCycle, doubtCorrection, doubtEMail],
};

const validationRules: RuleSet<ValidationResult> = {
  both: [checkLeadAuthority, checkOutcome, checkValidationDates, checkShapes],
  sender: [
    checkFacilityRegistration,
    (data, context) => checkCheckDigits(facilityOf(data), context),
    checkImporterNumbers,
    checkBothParties,
    checkTeamLead,
    checkEdition,
    checkCategories,
    checkCorrection,
  ],
  nobody: [
    doubtLead,
    (data, context) => doubtIdentifiers(facilityOf(data), context),
    doubtValidationDates,
    doubtCorrection,
    doubtEMail,
  ],
};

/**
 * What domain.md 2 to 5 demand beyond the schema and a message alone can show, identifiers included. The data have
 * passed the schema, or are guarded (guard-members.ts) so that a rule that needs a faulty member is passed over.
 * Every breach is an error at the sender; at the receiver only a wrong shape and one of rules 1 and 3 and of the
 * dates of rule 4 is, and the others are warnings.
 */
export function checkRules(message: BusinessMessage, context: CheckContext): CheckResult {
  switch (message.type) {
    case 'enterprise-status':
      return apply(recordRules, message.data, context);
    case 'certification-change':
      return apply(changeRules, message.data, context);
    case 'validation-result':
      return apply(validationRules, message.data, context);
  }
}

function apply<Data>(rules: RuleSet<Data>, data: Data, context: CheckContext): CheckResult {
  const run = (list: readonly Rule<Data>[]) =>
    list.flatMap((rule) => unlessFaulty(() => rule(data, context)));
  const errors = run(rules.both);
  const binding = run(rules.sender);
  const warnings = run(rules.nobody);
  if (context.side === 'sender') return { errors: [...errors, ...binding], warnings };
  return { errors, warnings: [...binding, ...warnings] };
}

function checkShapes({ facility, sponsor }: ValidationResult): Issue[] {
  const issues = checkIdentifierShapes(facility.identifiers, '/facility/identifiers');
  return sponsor === undefined ? issues : [...issues, ...checkIdentifierShape(sponsor, '/sponsor')];
}

function enterpriseOf({ enterprise }: EnterpriseStatus): Identified {
  const { identifiers, name, addresses } = enterprise;
  return { identifiers, latinName: name.latin, addresses, pointer: '/enterprise/identifiers' };
}

function facilityOf({ facility }: ValidationResult): Identified {
  const { identifiers, name, address } = facility;
  return { identifiers, latinName: name.latin, addresses: [address], pointer: '/facility/identifiers' };
}
