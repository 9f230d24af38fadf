import type { Issue, IssueCode } from '../contract/issue.ts';
import type { BusinessMessage } from '../contract/messages.ts';
import type { JsonErrorCode } from '../envelope/json-error.ts';
import type { Link } from '../links/link.ts';

/** A submitted message that says what the contract allows; whether the register allows it is still open. */
export interface CheckedSubmission {
  link: Link;
  message: BusinessMessage;
  /** The message's data as JSON, as it is signed. */
  dataText: string;
  subject: string;
  urgent: boolean;
  /** The back end's own case number. */
  txn?: string;
  /** When the event happened, if the back end says so. */
  toe?: Date;
  /** The version that the back end believes to be the subject's last. */
  expectedVersion?: number;
  warnings: readonly Issue[];
}

export type RefusalCode =
  | 'malformed'
  | 'invalid-message'
  | 'link-missing'
  | 'link-unknown'
  | 'link-forbidden'
  | 'too-large'
  | 'stale-version'
  | 'illegal-transition'
  | 'already-known'
  | 'change-pending'
  | 'correction-unknown'
  | 'consent-missing'
  | 'batch-refused';

/** A fault of a submission: of what the message says, or of the text that should be one. */
export interface SubmissionFault extends Omit<Issue, 'code'> {
  code: IssueCode | JsonErrorCode;
}

/** Why a message was not accepted: nothing of it is stored. */
export interface Refusal {
  code: RefusalCode;
  detail: string;
  errors: readonly SubmissionFault[];
}

export interface Accepted {
  id: string;
  type: string;
  link: string;
  subject: string;
  version: number;
  urgent: boolean;
  acceptedAt: Date;
  warnings: readonly Issue[];
}

export type Outcome = { accepted: Accepted } | { refused: Refusal };

/** A batch that was to be accepted as a whole and is not; its transaction is rolled back. */
export class BatchRefused extends Error {
  override readonly name = 'BatchRefused';
  readonly outcomes: readonly Outcome[];
  constructor(outcomes: readonly Outcome[]) {
    super('the batch is refused as a whole');
    this.outcomes = outcomes;
  }
}

/** Moves issues of `data` to where the submitter wrote it. */
export function underData(issues: readonly Issue[]): Issue[] {
  return issues.map((issue) => ({ ...issue, pointer: `/data${issue.pointer}` }));
}
