/**
 * Repeatable chance: the same seed and label give the same numbers on every machine.
 *
 * xoshiro128** 1.1 (Blackman and Vigna, public domain) over a state hashed from `seed/label`. Each enterprise
 * has a label, and so a stream, of its own: a larger register begins with the same enterprises as a smaller
 * one. Not for keys.
 */
export interface Random {
  /** A whole number, both ends included. */
  integer(min: number, max: number): number;
  /** True with the probability p of 0 to 1. */
  chance(p: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** One of the choices, each as likely as its weight says. */
  weigh<T extends { weight: number }>(choices: readonly T[]): T;
}

export function randomOf(seed: number, label: string): Random {
  const next = xoshiro128(hash128(`${seed}/${label}`));
  const fraction = (): number => next() / 2 ** 32;
  const integer = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1));
  return {
    integer,
    chance: (p) => fraction() < p,
    pick: (choices) => at(choices, integer(0, choices.length - 1)),
    weigh: (choices) => {
      const total = choices.reduce((sum, choice) => sum + choice.weight, 0);
      let left = fraction() * total;
      for (const choice of choices) {
        left -= choice.weight;
        if (left < 0) return choice;
      }
      return at(choices, choices.length - 1);
    },
  };
}

function at<T>(choices: readonly T[], index: number): T {
  if (index < 0 || index >= choices.length) throw new RangeError('nothing to choose from');
  return choices[index] as T;
}

type State = [number, number, number, number];

function xoshiro128(state: State): () => number {
  const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));
  return () => {
    const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return result;
  };
}

/** Four FNV-1a hashes with different offsets, each finished by the mixer of MurmurHash3; never all zero. */
function hash128(text: string): State {
  const word = (offset: number): number => {
    let hash = offset;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16) || offset;
  };
  return [word(0x811c9dc5), word(0x9e3779b9), word(0x243f6a88), word(0xb7e15162)];
}
