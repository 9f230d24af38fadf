/**
 * Why a SET is not the partner's word for us: `err` of RFC 8935 (`invalid_set` is our own: shape, header,
 * algorithm, times). None of them refuses the message for good; the sender keeps it (protocol.md 2).
 */
export type SetErrorCode =
  | 'invalid_set'
  | 'invalid_key'
  | 'invalid_issuer'
  | 'invalid_audience'
  | 'authentication_failed'
  | 'access_denied';

/** `description` is for the partner's operator: it says which check failed and quotes nothing that was sent. */
export class SetError extends Error {
  override readonly name = 'SetError';
  readonly code: SetErrorCode;
  readonly description: string;

  constructor(code: SetErrorCode, description: string, options?: ErrorOptions) {
    super(`${code}: ${description}`, options);
    this.code = code;
    this.description = description;
  }
}
