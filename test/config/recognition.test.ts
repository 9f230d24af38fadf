import { expect, it } from 'vitest';
import { checkRecognition } from '../../src/config/check-recognition.ts';

const entry = { class: 'advanced-certified', from: '2014-12-01', benefits: ['fewer-inspections'] };
const faults = (...table: object[]) => checkRecognition('/t', table).map((f) => `${f.pointer}: ${f.message}`);

it('takes entries that follow each other', () => {
  expect(faults({ ...entry, until: '2019-12-31' }, { ...entry, from: '2020-01-01' })).toEqual([]);
  expect(faults({ ...entry, regime: 'GACC-225' }, { ...entry, regime: 'GACC-237' })).toEqual([]);
});

it.each([
  ['neither class nor tier', { class: undefined }, '/t/0: must name either a class or a tier'],
  ['both', { tier: 'II' }, '/t/0: must name either a class or a tier'],
  ['an unknown class', { class: 'gold' }, '/t/0/class: there is no class gold under'],
  [
    'a class of nobody trusted',
    { class: 'registered' },
    '/t/0/class: registered makes nobody a trusted operator',
  ],
  ['an unknown regime', { regime: 'CTPAT' }, '/t/0/regime: must be one of GACC-170'],
  [
    'a class the regime has not',
    { regime: 'GACC-170' },
    '/t/0/class: there is no class advanced-certified under GACC-170',
  ],
  ['no calendar date', { from: '2026-02-30' }, '/t/0/from: must be a calendar date'],
  ['an end before the beginning', { until: '2014-11-30' }, '/t/0/until: must not be before from'],
  ['an unknown benefit', { benefits: ['free-coffee'] }, '/t/0/benefits/0: must be one of lower-risk-score'],
])('refuses %s', (_name, members, fault) => {
  expect(faults({ ...entry, ...members }).join('\n')).toContain(fault);
});

it('refuses two entries for one day', () => {
  expect(faults(entry, { ...entry, regime: 'GACC-282', from: '2026-04-01' })[0]).toContain(
    '/t/1: is in force on days on which /t/0 is',
  );
});

it('names every fault at once', () => {
  expect(faults({ ...entry, class: 'gold', from: 'soon' }, { ...entry, benefits: ['x'] })).toHaveLength(3);
});
