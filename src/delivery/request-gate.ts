/**
 * How many requests of a link one process has under way at once. Three keep both sides' programs and databases at
 * work; more only wait for one another at the partner, and an urgent message waits with them.
 */
export const REQUESTS_AT_ONCE = 3;

interface Waiting {
  lane: string;
  go: () => void;
}

/** Lets requests of a link's lanes through, so many at once; the others wait in turn, hurried lanes before the rest. */
export class RequestGate {
  #free: number;
  #waiting: Waiting[] = [];
  readonly #hurried = new Set<string>();

  constructor(places: number = REQUESTS_AT_ONCE) {
    this.#free = places;
  }

  /** @returns the place, to be disposed of when the request is answered and its answer on record */
  async enter(lane: string): Promise<Disposable> {
    if (this.#free > 0) this.#free--;
    else await this.#turn(lane);
    this.#hurried.delete(lane);
    return { [Symbol.dispose]: () => this.#leave() };
  }

  /** The lane has something urgent to send: its next turn comes before those of the others. */
  hurry(lane: string): void {
    this.#hurried.add(lane);
    this.#waiting = byHaste(this.#waiting, this.#hurried);
  }

  #turn(lane: string): Promise<void> {
    return new Promise((go) => {
      this.#waiting = byHaste([...this.#waiting, { lane, go }], this.#hurried);
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next.go();
    else this.#free++;
  }
}

function byHaste(waiting: readonly Waiting[], hurried: ReadonlySet<string>): Waiting[] {
  return waiting.toSorted((a, b) => Number(hurried.has(b.lane)) - Number(hurried.has(a.lane)));
}
