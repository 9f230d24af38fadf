import { checkMessage } from '../contract/check-message.ts';
import { checkOwnMessage, isOwnMessageType } from '../contract/check-own-message.ts';
import { checkReceipt } from '../contract/check-receipt.ts';
import { checkShape } from '../contract/check-shape.ts';
import type { Issue } from '../contract/issue.ts';
import { isBusinessType, subjectOf } from '../contract/messages.ts';
import type { VerifiedSet } from '../envelope/verify-set.ts';
import type { Link } from '../links/link.ts';
import type { Judged } from './incoming.ts';

/**
 * Step 3 of the checks: is the content right? The receiver refuses only for what the message alone shows;
 * what depends on the register is applied and flagged later.
 */
export function judgeSet(set: VerifiedSet, link: Link, now: Date): Judged {
  const { type, version, data } = set.event;
  if (type === 'receipt') {
    const { receipt, errors } = checkReceipt(data);
    return receipt ? { kind: 'receipt', set, receipt } : refused(set, underData(errors));
  }
  if (isOwnMessageType(type)) {
    const { message, errors } = checkOwnMessage(type, data);
    return message ? { kind: 'own', set, message } : refused(set, underData(errors));
  }
  if (!isBusinessType(type) && type !== 'version-void') {
    const message = `this gateway does not know the event type ${type}`;
    return refused(set, [{ pointer: '', code: 'unknown-code', message }]);
  }
  if (version === undefined) {
    const message = 'is required for a message about a subject';
    return refused(set, [{ pointer: '/version', code: 'missing-member', message }]);
  }
  if (type === 'version-void') {
    const shaped = checkShape(type, data);
    return shaped.errors
      ? refused(set, underData(shaped.errors))
      : { kind: 'void', set, version, data: shaped.data };
  }
  const checked = checkMessage(type, data, {
    side: 'receiver',
    sender: link.partner,
    now,
    skewMs: link.skewMs,
    policy: link.policy,
  });
  if (!checked.message) return refused(set, underData(checked.errors));
  if (subjectOf(checked.message) !== set.subject) {
    const message = `is about ${subjectOf(checked.message)}, but the token names ${set.subject} as its subject`;
    return refused(set, [{ pointer: '/data', code: 'subject-mismatch', message }]);
  }
  return { kind: 'business', set, message: checked.message, version, warnings: underData(checked.warnings) };
}

function refused(set: VerifiedSet, errors: Issue[]): Judged {
  return { kind: 'refused', set, errors };
}

function underData<T extends { pointer: string }>(issues: readonly T[]): T[] {
  return issues.map((issue) => ({ ...issue, pointer: `/data${issue.pointer}` }));
}
