/** A round trip of the Earth's wires is less; more is a partner that is busy. */
const ROUND_TRIP_MS_MAX = 1_000;
/** The least of this one and the one before counts, so that another route is noticed. */
const WINDOW_MS = 300_000;

/** How long the way to the partner and back takes: the least time that a small request took lately. */
export class RoundTrip {
  readonly #now: () => number;
  #windowFrom: number;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;

  /** @param now ms of any clock that only goes on */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#windowFrom = now();
  }

  /** A small request was answered after so many ms. */
  note(ms: number): void {
    this.#turn();
    this.#least = Math.min(this.#least, ms);
  }

  /** 0 while it is not known. */
  get ms(): number {
    this.#turn();
    const least = Math.min(this.#least, this.#leastBefore);
    return Number.isFinite(least) ? Math.min(least, ROUND_TRIP_MS_MAX) : 0;
  }

  #turn(): void {
    const passed = this.#now() - this.#windowFrom;
    if (passed < WINDOW_MS) return;
    this.#leastBefore = passed < 2 * WINDOW_MS ? this.#least : Number.POSITIVE_INFINITY;
    this.#least = Number.POSITIVE_INFINITY;
    this.#windowFrom = this.#now();
  }
}
