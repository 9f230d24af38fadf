import { type Step, steps } from './steps.ts';

/** The last line of a run, for programs. */
export interface FuzzReport {
  cases: number;
  /** How often each status was answered; `closed` where the connection ended without an answer. */
  answers: Record<string, number>;
  /** In how many cases each check of protocol.md 2 was a refusing one; `accepted` and `known` are not refused. */
  reached: Record<string, number>;
  serverErrors: number;
  /** Ends of the gateway's process, an unhandled rejection among them. */
  crashes: number;
  forgeriesAccepted: number;
  /** Resident memory late in the run against early in it, MiB. */
  rssGrowthMb: number;
}

/** One case as it turned out. */
export interface Outcome {
  status: number | 'closed';
  reached: Iterable<Step | 'accepted' | 'known' | 'back-end'>;
  /** Something was believed that nobody with a key or a token said. */
  forged: boolean;
}

export class Tally {
  readonly #answers = new Map<string, number>();
  readonly #reached = new Map<string, number>(['accepted', 'known', ...steps].map((step) => [step, 0]));
  readonly #rss: number[] = [];
  cases = 0;
  serverErrors = 0;
  crashes = 0;
  forgeriesAccepted = 0;

  count({ status, reached, forged }: Outcome): void {
    this.cases++;
    raise(this.#answers, String(status));
    for (const step of new Set(reached)) raise(this.#reached, step);
    if (typeof status === 'number' && status >= 500) this.serverErrors++;
    if (forged) this.forgeriesAccepted++;
  }

  /** @param mib resident memory of the gateway now */
  weigh(mib: number): void {
    this.#rss.push(mib);
  }

  report(): FuzzReport {
    const { cases, serverErrors, crashes, forgeriesAccepted } = this;
    return {
      cases,
      answers: Object.fromEntries([...this.#answers].sort()),
      reached: Object.fromEntries(this.#reached),
      serverErrors,
      crashes,
      forgeriesAccepted,
      rssGrowthMb: Math.round(this.#growth()),
    };
  }

  /** The first third is warm-up: caches, compiled code, the heap's working size. */
  #growth(): number {
    const third = Math.floor(this.#rss.length / 3);
    if (third === 0) return 0;
    return median(this.#rss.slice(-third)) - median(this.#rss.slice(third, 2 * third));
  }
}

function raise(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
