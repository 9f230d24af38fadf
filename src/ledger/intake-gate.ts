import { Problem } from '../http/problem.ts';
import type { ClosedIntake } from './intake.ts';

/** When a back end is told to come again: a comparison takes moments, a recovery an operator. */
const COMPARING_RETRY_SECONDS = 1;
const RECOVERING_RETRY_SECONDS = 30;

/** What submissions ask before anything is done for them. */
export interface Intake {
  /** @throws {Problem} `link-comparing` or `link-recovering` (503) for the first of these links that is closed */
  assertOpen(links: Iterable<string>): void;
}

/**
 * Whether the links take submissions, as this process knows it. A link is closed from the start of the process until
 * it was compared with the partner, and while the store says so; what the store says is read every second, so that a
 * message may slip in for so long. It is then pending in a halted lane, and the recovery accepts it again.
 */
export class IntakeGate implements Intake {
  readonly #uncompared: Set<string>;
  #closed = new Map<string, ClosedIntake>();

  constructor(links: Iterable<string>) {
    this.#uncompared = new Set(links);
  }

  /** The link was compared, or the partner is away and this store was not restored. */
  compared(link: string): void {
    this.#uncompared.delete(link);
  }

  /** What the store says now. */
  refresh(closed: readonly ClosedIntake[]): void {
    this.#closed = new Map(closed.map((intake) => [intake.link, intake]));
  }

  assertOpen(links: Iterable<string>): void {
    for (const link of links) {
      const closed = this.#closed.get(link);
      if (closed) {
        throw new Problem('link-recovering', {
          detail: `The link ${link} takes no messages until it is recovered. Nothing was accepted. Reason: ${closed.reason}.`,
          retryAfterSeconds: RECOVERING_RETRY_SECONDS,
        });
      }
      if (this.#uncompared.has(link)) {
        throw new Problem('link-comparing', {
          detail: `The link ${link} is being compared with the partner after a start. Nothing was accepted; try again in a moment.`,
          retryAfterSeconds: COMPARING_RETRY_SECONDS,
        });
      }
    }
  }
}
