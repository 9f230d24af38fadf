/**
 * Why a comparison or a recovery ended early.
 *
 * - `partner-away`: no answer, or one that asks to come again later
 * - `partner-refuses`: the partner does not take us for us, or has no ledger
 * - `partner-malformed`: an answer that is not what the protocol says
 * - `nothing-to-recover`: the link's intake is open
 * - `lanes-busy`: lanes of the link are still at work although it is halted
 * - `foreign-set`: the partner gave back a SET that is not ours
 */
export type LedgerErrorCode =
  | 'partner-away'
  | 'partner-refuses'
  | 'partner-malformed'
  | 'nothing-to-recover'
  | 'lanes-busy'
  | 'foreign-set';

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly code: LedgerErrorCode;

  /** @param message for operators: what happened and what to do */
  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
