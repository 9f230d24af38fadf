import type { Tone } from '../parts/badge.tsx';
import { say } from '../words/language.ts';
import type { Outcome } from './validation-types.ts';

const TONES: Readonly<Record<Outcome, Tone>> = {
  passed: 'ok',
  'passed-with-actions': 'warn',
  failed: 'bad',
};

export function outcomeTone(outcome: Outcome): Tone {
  return TONES[outcome];
}

/** One letter beside the colour, which alone says nothing to some. */
export function outcomeLetter(outcome: Outcome): string {
  return say(`outcome-letter.${outcome}`);
}
