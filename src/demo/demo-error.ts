export type DemoErrorCode =
  /** Another demo holds the folder. */
  | 'running-already'
  /** A gateway did not come up, or went away. */
  | 'gateway-process'
  /** A gateway answered a request of the demo with an error. */
  | 'gateway-answer'
  /** Receipts or a delivery did not come. */
  | 'stalled'
  /** The register asked for is too small for the story. */
  | 'too-small';

/** Why a demo could not be told to its end, for whoever ran it. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly code: DemoErrorCode;

  constructor(code: DemoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
