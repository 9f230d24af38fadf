/** One line of the requirements, measured. */
export interface Claim {
  claim: string;
  required: string;
  measured: string;
  held: boolean;
}

/** What a file in prove/ exports. */
export interface Proof {
  /** @param seed of what is drawn at random; topics that draw nothing, or keep their store, do not ask for it */
  prove: (seed: number) => Promise<readonly Claim[]>;
}

export function atLeast(claim: string, required: number, measured: number, unit = ''): Claim {
  return {
    claim,
    required: `≥ ${required}${unit}`,
    measured: `${measured}${unit}`,
    held: measured >= required,
  };
}

export function atMost(claim: string, required: number, measured: number, unit = ''): Claim {
  return {
    claim,
    required: `≤ ${required}${unit}`,
    measured: `${measured}${unit}`,
    held: measured <= required,
  };
}

export function equal(claim: string, required: number | string, measured: number | string): Claim {
  return { claim, required: String(required), measured: String(measured), held: measured === required };
}
