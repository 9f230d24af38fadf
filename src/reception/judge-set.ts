import { checkMessage } from '../contract/check-message.ts';
import { checkReceipt } from '../contract/check-receipt.ts';
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
    return receipt ? { kind: 'receipt', set, receipt } : { kind: 'refused', set, errors: underData(errors) };
  }
  if (!isBusinessType(type)) {
    const message = `this gateway does not know the event type ${type}`;
    return { kind: 'refused', set, errors: [{ pointer: '', code: 'unknown-code', message }] };
  }
  if (version === undefined) {
    const message = 'is required for a message about a subject';
    return { kind: 'refused', set, errors: [{ pointer: '/version', code: 'missing-member', message }] };
  }
  const checked = checkMessage(type, data, {
    side: 'receiver',
    sender: link.partner,
    now,
    skewMs: link.skewMs,
    policy: link.policy,
  });
  if (!checked.message) return { kind: 'refused', set, errors: underData(checked.errors) };
  if (subjectOf(checked.message) !== set.subject) {
    const message = `is about ${subjectOf(checked.message)}, but the token names ${set.subject} as its subject`;
    return { kind: 'refused', set, errors: [{ pointer: '/data', code: 'subject-mismatch', message }] };
  }
  return { kind: 'business', set, message: checked.message, version, warnings: underData(checked.warnings) };
}

function underData<T extends { pointer: string }>(issues: readonly T[]): T[] {
  return issues.map((issue) => ({ ...issue, pointer: `/data${issue.pointer}` }));
}
