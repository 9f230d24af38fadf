import type { CheckContext } from './check-context.ts';
import { checkShape } from './check-shape.ts';
import { guardMembers } from './guard-members.ts';
import type { Issue } from './issue.ts';
import type { BusinessMessage, BusinessType } from './messages.ts';
import { checkRules } from './rules/check-rules.ts';

/** `message` is there exactly when nothing is wrong with it. */
export interface CheckedMessage {
  message?: BusinessMessage;
  errors: Issue[];
  warnings: Issue[];
}

/**
 * Whether data are a message of the type that this side accepts: the schema, then the identifiers and the rules that
 * the message alone shows (domain.md 2 to 5). Everything found is named at once; where a member breaks the schema,
 * the rules that need it are passed over and all others are applied.
 */
export function checkMessage(type: BusinessType, data: unknown, context: CheckContext): CheckedMessage {
  const shaped = checkShape(type, data);
  if (shaped.errors === undefined) {
    const message = asMessage(type, shaped.data);
    const found = checkRules(message, context);
    return found.errors.length === 0 ? { message, ...found } : found;
  }
  const { errors, complete } = shaped;
  if (!complete || typeof data !== 'object' || data === null) return { errors, warnings: [] };
  const faulty = new Set(errors.map(({ pointer }) => pointer));
  const found = checkRules(asMessage(type, guardMembers(data, faulty)), context);
  return { errors: [...errors, ...found.errors], warnings: found.warnings };
}

/** The data as a message of the type, once the schema has said so or a guard stands before what it refused. */
function asMessage(type: BusinessType, data: unknown): BusinessMessage {
  return { type, data } as BusinessMessage;
}
