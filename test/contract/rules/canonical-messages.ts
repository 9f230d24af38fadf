import changeSchema from '../../../schemas/messages/certification-change.v1.json' with { type: 'json' };
import statusSchema from '../../../schemas/messages/enterprise-status.v1.json' with { type: 'json' };
import validationSchema from '../../../schemas/messages/validation-result.v1.json' with { type: 'json' };
import type { CheckContext } from '../../../src/contract/check-context.ts';
import type {
  BusinessMessage,
  CertificationChange,
  EnterpriseStatus,
  ValidationResult,
} from '../../../src/contract/messages.ts';
import { checkRules } from '../../../src/contract/rules/check-rules.ts';

/** The canonical messages, as the schemas show them. Every call gives a copy of its own. */
export const record = (): EnterpriseStatus => structuredClone(statusSchema.examples[0]) as EnterpriseStatus;
export const change = (): CertificationChange =>
  structuredClone(changeSchema.examples[0]) as CertificationChange;
export const validation = (): ValidationResult =>
  structuredClone(validationSchema.examples[0]) as ValidationResult;

export function americanRecord(): EnterpriseStatus {
  const { class: _, ...data } = record();
  return {
    ...data,
    enterprise: {
      id: 'US10000042',
      identifiers: [{ scheme: 'cbp.ctpat-account', value: '10000042' }],
      name: { latin: 'Harbor Imports Inc.' },
      addresses: [{ type: 'registered', lines: ['1 Pier Road'], city: 'Oakland', country: 'US' }],
      roles: ['importer'],
    },
    programme: 'US-CTPAT',
    regime: 'CTPAT',
    tier: 'II',
  };
}

export const asSender: CheckContext = {
  side: 'sender',
  sender: 'CN',
  now: new Date('2026-11-23T08:00:00Z'),
  skewMs: 120_000,
  policy: { usccCheckDigits: 'refuse', consentRequired: true },
};

/** What is found, as `code pointer`. */
export function found(message: BusinessMessage, context: Partial<CheckContext> = {}) {
  const { errors, warnings } = checkRules(message, { ...asSender, ...context });
  const named = (issues: typeof errors) => issues.map(({ code, pointer }) => `${code} ${pointer}`);
  return { errors: named(errors), warnings: named(warnings) };
}

export const status = (data: EnterpriseStatus): BusinessMessage => ({ type: 'enterprise-status', data });
export const decision = (data: CertificationChange): BusinessMessage => ({
  type: 'certification-change',
  data,
});
export const result = (data: ValidationResult): BusinessMessage => ({ type: 'validation-result', data });

export const clean = { errors: [], warnings: [] };
