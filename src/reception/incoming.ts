import type { OwnMessage } from '../contract/check-own-message.ts';
import type { Issue } from '../contract/issue.ts';
import type { BusinessMessage, Receipt } from '../contract/messages.ts';
import type { VerifiedSet } from '../envelope/verify-set.ts';
import type { VersionVoid } from '../generated/messages.ts';

/** The body of an RFC 8935 error, also one entry of `setErrs`. */
export interface SetErr {
  err: string;
  description: string;
}

/** What the partner is told: every SET is in one of the two. */
export interface PushAnswer {
  ack: string[];
  setErrs: Record<string, SetErr>;
}

/** What a verified SET turned out to be when its content was checked (protocol step 3). */
export type Judged =
  | { kind: 'business'; set: VerifiedSet; message: BusinessMessage; version: number; warnings: Issue[] }
  | { kind: 'void'; set: VerifiedSet; version: number; data: VersionVoid }
  | { kind: 'receipt'; set: VerifiedSet; receipt: Receipt }
  | { kind: 'own'; set: VerifiedSet; message: OwnMessage }
  | { kind: 'refused'; set: VerifiedSet; errors: Issue[] };

/** The first error in words, and how many there are: what the sender's operator reads. */
export function refusalOf(errors: readonly Issue[]): SetErr {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const text = first ? `${first.pointer || '/'} ${first.code}: ${first.message}${more}` : 'refused';
  return { err: 'invalid_request', description: text.slice(0, 1_000) };
}
