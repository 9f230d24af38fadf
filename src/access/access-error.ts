/**
 * `name-taken`: another token, perhaps a revoked one, has the name. `not-found`: there is no such token, session or
 * approval in force. `provider-unreachable`: the identity provider's keys cannot be had, so nothing can be said of
 * its tokens.
 */
export type AccessErrorCode = 'name-taken' | 'name-reserved' | 'not-found' | 'provider-unreachable';

export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;

  constructor(code: AccessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
