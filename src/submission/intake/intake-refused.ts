/**
 * Why nothing is taken in now.
 * - `outbox-full`: as much waits for the partner as the link allows.
 * - `busy`: the database is slow, and as many requests wait for it as are let in.
 * - `disk-full`: the database said so a moment ago; what space there is goes to the exchange.
 */
export type IntakeRefusal = 'outbox-full' | 'busy' | 'disk-full';

/** A request that was not begun: nothing of it is stored, and the same may be sent again later. */
export class IntakeRefused extends Error {
  override readonly name = 'IntakeRefused';
  readonly reason: IntakeRefusal;
  readonly retryAfterSeconds: number;

  constructor(reason: IntakeRefusal, message: string, retryAfterSeconds: number) {
    super(message);
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
