import type { Party } from '../src/contract/party.ts';
import type { DemoEnterprise } from '../src/demo/enterprise-story.ts';
import { generateEnterprise } from '../src/demo/generate-enterprises.ts';

const BATCH = 1000;

/** Invented enterprises that no phase has used yet. */
export class LoadSource {
  readonly #seed: number;
  readonly #next: Record<Party, number> = { CN: 0, US: 0 };

  #certified: DemoEnterprise | undefined;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Bodies of full batches, serialised beforehand: the load must not cost the machine what it measures. */
  batches(party: Party, messages: number): string[] {
    const bodies: string[] = [];
    for (let left = messages; left > 0; left -= BATCH) {
      const items = Array.from({ length: Math.min(BATCH, left) }, () => this.single(party));
      bodies.push(`{"messages":[${items.join(',')}]}`);
    }
    return bodies;
  }

  /** The body of one message: the record of the next enterprise. */
  single(party: Party): string {
    const enterprise = generateEnterprise(party, this.#seed, this.#next[party]++);
    const [first, ...later] = enterprise.messages;
    if (!first) throw new Error('an enterprise begins with its record');
    if (party === 'CN' && later.length === 0 && enterprise.latest.status === 'certified')
      this.#certified ??= enterprise;
    const { type, data } = first;
    return JSON.stringify({ type, data });
  }

  /** The first Chinese enterprise that stands certified by what was submitted of it. */
  get certified(): DemoEnterprise {
    if (!this.#certified) throw new Error('no certified enterprise has been submitted yet');
    return this.#certified;
  }
}
