import type { ProblemIssue } from '../../http/problem.ts';
import type { ProblemCode } from '../../http/problems.ts';

/** Why an act on a message is not done. The code is that of the answer. */
export class DeadLetterError extends Error {
  override readonly name = 'DeadLetterError';
  readonly code: ProblemCode;
  readonly issues: readonly ProblemIssue[];

  constructor(code: ProblemCode, message: string, issues: readonly ProblemIssue[] = []) {
    super(message);
    this.code = code;
    this.issues = issues;
  }
}
