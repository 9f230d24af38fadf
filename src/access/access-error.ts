/** `name-taken`: another token, perhaps a revoked one, has the name. `not-found`: there is no such token in force. */
export type AccessErrorCode = 'name-taken' | 'not-found';

export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;

  constructor(code: AccessErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
