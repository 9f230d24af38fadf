import { describe, expect, test } from 'vitest';
import { found, result, validation } from './canonical-messages.ts';

type Finding = ReturnType<typeof validation>['findings'][number];

const met: Finding = { criterion: '3.1', category: 3, obligation: 'must', result: 'met' };
const unmetMust: Finding = { criterion: '2.1', category: 2, obligation: 'must', result: 'not-met' };
const unmetShould: Finding = { criterion: '2.2', category: 2, obligation: 'should', result: 'not-met' };
const repair = { action: 'locked cabinet', dueOn: '2009-01-30' };

function errors(outcome: 'passed' | 'passed-with-actions' | 'failed', findings: Finding[]): string[] {
  const data = { ...validation(), outcome, findings };
  const atReceiver = found(result(data), { side: 'receiver' }).errors;
  expect(found(result(data)).errors).toEqual(atReceiver);
  return atReceiver;
}

describe('rule 3, outcome, at sender and receiver alike', () => {
  test('passed has no unmet must', () => {
    expect(errors('passed', [])).toEqual([]);
    expect(errors('passed', [met, unmetShould])).toEqual([]);
    expect(errors('passed', [met, { ...unmetMust, ...repair }])).toEqual(['unmet-must /findings/1/result']);
  });

  test('passed-with-actions has an action and a due date on every unmet must', () => {
    expect(errors('passed-with-actions', [{ ...unmetMust, ...repair }])).toEqual([]);
    expect(errors('passed-with-actions', [met, unmetMust])).toEqual([
      'action-missing /findings/1/action',
      'due-date-missing /findings/1/dueOn',
    ]);
    expect(errors('passed-with-actions', [{ ...unmetMust, action: 'lock' }])).toEqual([
      'due-date-missing /findings/0/dueOn',
    ]);
  });

  test('passed-with-actions has at least one action', () => {
    expect(errors('passed-with-actions', [met])).toEqual(['action-missing /findings']);
    expect(errors('passed-with-actions', [met, { ...unmetShould, action: 'train' }])).toEqual([]);
  });

  test('failed has at least one unmet must', () => {
    expect(errors('failed', [unmetMust])).toEqual([]);
    expect(errors('failed', [met, unmetShould])).toEqual(['no-unmet-must /outcome']);
  });
});
