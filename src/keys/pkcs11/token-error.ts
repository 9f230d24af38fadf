/** Codes of PKCS#11 that mean something here. */
export const ckr = {
  ok: 0n,
  alreadyLoggedIn: 0x100n,
  alreadyInitialized: 0x191n,
} as const;

const NAMES: ReadonlyMap<bigint, string> = new Map([
  [0x05n, 'CKR_GENERAL_ERROR'],
  [0x06n, 'CKR_FUNCTION_FAILED'],
  [0x30n, 'CKR_DEVICE_ERROR'],
  [0x32n, 'CKR_DEVICE_REMOVED'],
  [0x60n, 'CKR_KEY_HANDLE_INVALID'],
  [0x68n, 'CKR_KEY_FUNCTION_NOT_PERMITTED'],
  [0x70n, 'CKR_MECHANISM_INVALID'],
  [0x82n, 'CKR_OBJECT_HANDLE_INVALID'],
  [0xa0n, 'CKR_PIN_INCORRECT'],
  [0xa4n, 'CKR_PIN_LOCKED'],
  [0xb0n, 'CKR_SESSION_CLOSED'],
  [0xb3n, 'CKR_SESSION_HANDLE_INVALID'],
  [0xe0n, 'CKR_TOKEN_NOT_PRESENT'],
  [0x101n, 'CKR_USER_NOT_LOGGED_IN'],
]);

/** After these a new session is worth a try: the device went away and may be back. */
const LOST: ReadonlySet<bigint> = new Set([0x30n, 0x32n, 0x60n, 0x82n, 0xb0n, 0xb3n, 0xe0n, 0x101n]);

/** What a token answered instead of doing it. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly isSessionLost: boolean;

  constructor(call: string, code: bigint) {
    super(`${call} answers ${NAMES.get(code) ?? `0x${code.toString(16)}`}`);
    this.isSessionLost = LOST.has(code);
  }
}
