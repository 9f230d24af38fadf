/** The ways in which two sides can fail each other. */
export const violations = [
  'lost',
  'duplicated',
  'reordered',
  'unreceipted',
  'mismatched',
  'unaudited',
  'stuck',
] as const;
export type Violation = (typeof violations)[number];

export interface Finding {
  violation: Violation;
  /** Message or subject that it is about. */
  about: string;
  text: string;
}

/** What checkInvariants found: each violation once for each message or subject. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  note(violation: Violation, about: string, text: string): void {
    const key = `${violation} ${about}`;
    if (!this.#found.has(key)) this.#found.set(key, { violation, about, text });
  }

  count(violation: Violation): number {
    return this.list(violation).length;
  }

  list(violation?: Violation): Finding[] {
    const all = [...this.#found.values()];
    return violation === undefined ? all : all.filter((finding) => finding.violation === violation);
  }
}
