import { join } from 'node:path';
import type { Party } from '../contract/party.ts';
import { PARTIES } from './demo-side.ts';
import { ExpectedMessages } from './expected-messages.ts';
import type { Submitted } from './submit-messages.ts';

/** What the demo gave each side, by the side that was given it: the truth that the feeds are compared with. */
export class Ledger implements Disposable {
  readonly expected: Readonly<Record<Party, ExpectedMessages>>;
  readonly #refused: Record<Party, number> = { CN: 0, US: 0 };
  #firstRefusal: string | undefined;

  constructor(folder: string) {
    this.expected = {
      CN: new ExpectedMessages(join(folder, 'expected-cn.ndjson')),
      US: new ExpectedMessages(join(folder, 'expected-us.ndjson')),
    };
  }

  note(party: Party, { refused, firstRefusal }: Submitted): void {
    this.#refused[party] += refused;
    this.#firstRefusal ??= firstRefusal;
  }

  /** Messages accepted so far, by the side that accepted them. */
  accepted(): Record<Party, number> {
    return { CN: this.expected.CN.size, US: this.expected.US.size };
  }

  get messages(): number {
    return PARTIES.reduce((sum, party) => sum + this.expected[party].size, 0);
  }

  /** Submissions that the own gateway did not take. */
  get refused(): number {
    return this.#refused.CN + this.#refused.US;
  }

  get firstRefusal(): string | undefined {
    return this.#firstRefusal;
  }

  [Symbol.dispose](): void {
    for (const party of PARTIES) this.expected[party][Symbol.dispose]();
  }
}
