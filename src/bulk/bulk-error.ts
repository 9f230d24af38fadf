/** What the user of a file can put right: the file, its mapping, the command. */
export type BulkErrorCode =
  | 'file-unreadable'
  | 'format-unknown'
  | 'mapping-wrong'
  | 'header-wrong'
  | 'outbox-full'
  | 'link-missing'
  | 'purpose-missing'
  | 'time-wrong'
  | 'too-many-rows';

export class BulkError extends Error {
  override readonly name = 'BulkError';
  readonly code: BulkErrorCode;
  constructor(code: BulkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
