import { describe, expect, it } from 'vitest';
import { type Decision, decideRecognition } from '../../src/recognition/decide-recognition.ts';
import { recognitionTable } from '../../src/recognition/recognition-table.ts';

const table = recognitionTable([
  { class: 'advanced-certified', from: '2014-12-01', benefits: ['fewer-inspections'] },
  {
    class: 'certified',
    regime: 'GACC-282',
    from: '2026-05-01',
    until: '2026-06-30',
    benefits: ['lower-risk-score'],
  },
  { tier: 'II', from: '2001-11-01', benefits: ['liaison-officer'] },
]);

const standing = { regime: 'GACC-282', grade: 'advanced-certified', status: 'certified' } as const;
const record = { validUntil: null, consentWithdrawnOn: null };
const ON = '2026-06-15';

/** One line a case: standing, record, day → reason. */
const cases: [
  string,
  Parameters<typeof decideRecognition>[0],
  Parameters<typeof decideRecognition>[1],
  string,
  Decision['reason'],
][] = [
  ['a recognised class', standing, record, ON, 'recognised'],
  ['a recognised class of which no record has come', standing, undefined, ON, 'recognised'],
  ['the same class under an earlier regime', { ...standing, regime: 'GACC-251' }, record, ON, 'recognised'],
  ['a recognised tier', { regime: 'CTPAT', grade: 'II', status: 'certified' }, record, ON, 'recognised'],
  ['nothing known', undefined, undefined, ON, 'unknown'],
  ['a record without a standing in force', undefined, record, ON, 'unknown'],
  ['an applicant', { ...standing, grade: null, status: 'applicant' }, record, ON, 'applicant'],
  ['suspended', { ...standing, status: 'suspended' }, record, ON, 'suspended'],
  ['revoked', { ...standing, grade: 'regular', status: 'revoked' }, record, ON, 'revoked'],
  ['expired', { ...standing, status: 'expired' }, record, ON, 'expired'],
  ['withdrawn', { ...standing, status: 'withdrawn' }, record, ON, 'withdrawn'],
  ['the last day of validity', standing, { ...record, validUntil: ON }, ON, 'recognised'],
  ['the day after', standing, { ...record, validUntil: '2026-06-14' }, ON, 'validity-ended'],
  [
    'the day before the consent ends',
    standing,
    { ...record, consentWithdrawnOn: '2026-06-16' },
    ON,
    'recognised',
  ],
  ['the day on which it ends', standing, { ...record, consentWithdrawnOn: ON }, ON, 'consent-withdrawn'],
  [
    'a tier that no entry names',
    { regime: 'CTPAT', grade: 'I', status: 'certified' },
    record,
    ON,
    'class-not-recognised',
  ],
  [
    'the day before an entry begins',
    { ...standing, grade: 'certified' },
    record,
    '2026-04-30',
    'class-not-recognised',
  ],
  ['its first day', { ...standing, grade: 'certified' }, record, '2026-05-01', 'recognised'],
  ['its last day', { ...standing, grade: 'certified' }, record, '2026-06-30', 'recognised'],
  [
    'the day after its last',
    { ...standing, grade: 'certified' },
    record,
    '2026-07-01',
    'class-not-recognised',
  ],
  [
    'a class of another regime than the entry',
    { ...standing, regime: 'GACC-225', grade: 'certified' },
    record,
    ON,
    'class-not-recognised',
  ],
  [
    'suspended comes before validity',
    { ...standing, status: 'suspended' },
    { validUntil: '2020-01-01', consentWithdrawnOn: '2020-01-01' },
    ON,
    'suspended',
  ],
  [
    'validity comes before consent',
    standing,
    { validUntil: '2020-01-01', consentWithdrawnOn: '2020-01-01' },
    ON,
    'validity-ended',
  ],
  [
    'consent comes before the class',
    { ...standing, grade: 'certified' },
    { ...record, consentWithdrawnOn: '2020-01-01' },
    '2026-04-30',
    'consent-withdrawn',
  ],
];

describe('recognition', () => {
  it.each(cases)('%s → reason', (_name, stands, says, on, reason) => {
    const decision = decideRecognition(stands, says, table, on);
    expect(decision.reason).toBe(reason);
    expect(decision.recognised).toBe(reason === 'recognised');
    expect(decision.benefits.length > 0).toBe(reason === 'recognised');
  });

  it('grants the benefits of the entry', () => {
    const decision = decideRecognition({ ...standing, grade: 'certified' }, record, table, ON);
    expect(decision.benefits).toEqual(['lower-risk-score']);
  });
});
