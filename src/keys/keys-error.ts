export type KeyFaultCode =
  | 'unreadable'
  | 'too-open'
  | 'passphrase'
  | 'malformed'
  | 'unsupported-key'
  | 'private-member'
  | 'duplicate-kid'
  | 'kid-taken'
  | 'no-key'
  | 'certificate-mismatch'
  | 'thumbprint-mismatch';

/** One thing wrong with a file of keys. `message` names the file and says what to do; never key material. */
export interface KeyFault {
  code: KeyFaultCode;
  file: string;
  message: string;
}

/** Keys that are not used, with every reason at once. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
  readonly faults: readonly KeyFault[];

  constructor(faults: readonly KeyFault[], options?: ErrorOptions) {
    super(faults.map((fault) => fault.message).join('\n'), options);
    this.faults = faults;
  }
}

export function keyFault(code: KeyFaultCode, file: string, message: string, cause?: unknown): KeysError {
  return new KeysError([{ code, file, message: `${file}: ${message}` }], { cause });
}
