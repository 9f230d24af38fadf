import type { CertificationChange, EnterpriseStatus, ValidationResult } from '../generated/messages.ts';
import { changeEntry } from './codes.ts';

export type {
  CertificationChange,
  EnterpriseStatus,
  Receipt,
  ValidationResult,
} from '../generated/messages.ts';

/** A message that a back end submits: its type and its data, checked. */
export type BusinessMessage =
  | { type: 'enterprise-status'; data: EnterpriseStatus }
  | { type: 'certification-change'; data: CertificationChange }
  | { type: 'validation-result'; data: ValidationResult };

export type BusinessType = BusinessMessage['type'];

export const businessTypes: readonly BusinessType[] = [
  'enterprise-status',
  'certification-change',
  'validation-result',
];

export function isBusinessType(type: unknown): type is BusinessType {
  return businessTypes.some((known) => known === type);
}

/** What the message is about: versions count per link and subject (domain.md 3). */
export function subjectOf(message: BusinessMessage): string {
  return message.type === 'validation-result' ? message.data.validationId : message.data.enterprise.id;
}

/** Only a certification change can be urgent; suspended and revoked are unless they say otherwise. */
export function isUrgent(message: BusinessMessage): boolean {
  if (message.type !== 'certification-change') return false;
  return message.data.urgent ?? changeEntry(message.data.change).urgent;
}

/** The version at which the message counts for cells and history: a correction's is its original's. */
export function countsAs(message: BusinessMessage, version: number): number {
  return message.data.correction?.version ?? version;
}
