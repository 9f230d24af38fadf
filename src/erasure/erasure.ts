/** What erasing can fail with: `pending` messages are still to be delivered, `unknown` there is nothing of it here. */
export type ErasureErrorCode = 'pending' | 'unknown' | 'list';

/** The message says what to do. */
export class ErasureError extends Error {
  override readonly name = 'ErasureError';
  readonly code: ErasureErrorCode;

  constructor(code: ErasureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** One erasure that was decided. */
export interface Erasure {
  /** `enterprise.id`; also the id of a validation. */
  subject: string;
  /** Nothing that came after this instant is erased. */
  at: Date;
  reason: string;
  /** Who decided; where two had to, both. */
  by: string;
}

/** What was there and is not any more. */
export interface Erased {
  /** Messages whose bytes are gone; their hashes stay. */
  messages: number;
  /** Entries of the audit log that can no longer be opened; the entries and their proofs stay. */
  contents: number;
}
