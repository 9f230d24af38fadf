import type { ValidationResult } from '../generated/messages.ts';
import type { PilotFacility } from './pilot-facilities.ts';

type Finding = ValidationResult['findings'][number];

/** What was examined everywhere, by the criteria of 2005: number, and whether it is a must. */
const EXAMINED: readonly { criterion: string; must: boolean; bestPractice?: string }[] = [
  { criterion: '1.1', must: true },
  { criterion: '2.1', must: true },
  { criterion: '2.2', must: true, bestPractice: 'seven-point inspection recorded with photographs' },
  { criterion: '3.1', must: true },
  { criterion: '3.4', must: false },
  { criterion: '4.1', must: true },
  { criterion: '5.1', must: true },
  { criterion: '6.1', must: false },
  { criterion: '7.1', must: true },
];

/** What was not met where, and what was agreed; the two that failed could not close theirs. */
const UNMET: Readonly<Record<string, readonly Pick<Finding, 'criterion' | 'note' | 'action' | 'dueOn'>[]>> = {
  '03': [
    {
      criterion: '3.1',
      note: 'loading dock open to visitors',
      action: 'fence and guard at the dock',
      dueOn: '2009-01-16',
    },
  ],
  '07': [
    { criterion: '2.1', note: 'seals without a log, some missing' },
    { criterion: '4.1', note: 'no check of applicants for work in the packing area' },
    { criterion: '5.1', note: 'shipping documents signed before loading' },
  ],
  '10': [
    { criterion: '2.1', note: 'seals kept unlocked', action: 'locked cabinet and log', dueOn: '2009-01-30' },
  ],
  '12': [
    { criterion: '1.1', note: 'subcontracted workshops unknown to the facility' },
    { criterion: '3.1', note: 'no guard and no camera at night' },
  ],
  '14': [
    {
      criterion: '6.1',
      note: 'no training on threats for drivers',
      action: 'yearly training',
      dueOn: '2009-03-31',
    },
    {
      criterion: '7.1',
      note: 'shared passwords in the dispatch office',
      action: 'own accounts',
      dueOn: '2008-12-19',
    },
  ],
};

/** One finding for each criterion examined at this facility. */
export function findingsOf({ number }: PilotFacility): Finding[] {
  const unmet = new Map((UNMET[number] ?? []).map((finding) => [finding.criterion, finding]));
  const practised = Number(number) % 4 === 0;
  return EXAMINED.map(({ criterion, must, bestPractice }): Finding => {
    const category = Number(criterion.split('.')[0]);
    const obligation = must ? 'must' : 'should';
    const missed = unmet.get(criterion);
    if (missed) return { ...missed, category, obligation, result: 'not-met' };
    if (bestPractice !== undefined && practised) {
      return { criterion, category, obligation, result: 'best-practice', note: bestPractice };
    }
    return { criterion, category, obligation, result: 'met' };
  });
}
