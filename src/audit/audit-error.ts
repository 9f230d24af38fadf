/**
 * What can be wrong with an audit log, or with what claims to come from one.
 * - `malformed`: a note, key, checkpoint, bundle, proof or policy that is not written as its format says.
 * - `untrusted`: no signature of a key that the policy names.
 * - `bad-signature`: a signature that bears a known key's name and is not its.
 * - `bad-proof`: hashes that do not lead to the root of the checkpoint.
 * - `not-found`: a log, entry or file that is not there.
 * - `not-empty`: a folder to write into that holds something already.
 * - `behind`: the partner has cosigned a larger tree of ours: this store was restored from an older backup.
 * - `forked`: the partner has cosigned another tree of ours.
 * - `unanswered`: the partner did not answer, or not as the protocol says.
 */
export type AuditErrorCode =
  | 'malformed'
  | 'untrusted'
  | 'bad-signature'
  | 'bad-proof'
  | 'not-found'
  | 'not-empty'
  | 'behind'
  | 'forked'
  | 'unanswered';

/** The message says what is wrong, where, and what to do where something can be done. */
export class AuditError extends Error {
  override readonly name = 'AuditError';
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function malformed(message: string): AuditError {
  return new AuditError('malformed', message);
}
