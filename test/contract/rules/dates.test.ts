import { describe, expect, test } from 'vitest';
import { weekdays } from '../../../src/contract/rules/check-dates.ts';
import {
  americanRecord,
  change,
  decision,
  found,
  record,
  result,
  status,
  validation,
} from './canonical-messages.ts';

describe('rule 4, nothing done or decided is in the future', () => {
  test('certifiedOn and lastValidatedOn of a record, at sender and receiver', () => {
    const data = { ...record(), certifiedOn: '2026-11-24', lastValidatedOn: '2026-11-24' };
    for (const side of ['sender', 'receiver'] as const) {
      expect(found(status(data), { side }).errors).toEqual([
        'date-in-future /certifiedOn',
        'date-in-future /lastValidatedOn',
      ]);
    }
  });

  test('decidedOn of a change, while effectiveOn may be to come', () => {
    const data = { ...change(), decidedOn: '2026-11-24', effectiveOn: '2027-01-01' };
    expect(found(decision(data), { side: 'receiver' }).errors).toEqual(['date-in-future /decidedOn']);
    expect(found(decision({ ...data, decidedOn: '2026-11-23' })).errors).toEqual([]);
  });

  test('visit and agreement of a validation', () => {
    const data = validation();
    data.criteria = 'CTPAT-MSC-2019-11';
    data.visit = { from: '2026-11-24', to: '2026-11-25' };
    data.agreedBy = [
      { party: 'CN', office: 'Huangpu Customs', on: '2026-11-23' },
      { party: 'US', office: 'CBP', on: '2026-11-26' },
    ];
    expect(found(result(data), { side: 'receiver' }).errors).toEqual([
      'date-in-future /visit/from',
      'date-in-future /visit/to',
      'date-in-future /agreedBy/1/on',
    ]);
  });

  test('today is that of the stating administration, not of the other', () => {
    const now = new Date('2026-11-23T17:00:00Z'); // the 24th in China, the 23rd in New York
    const data = { ...change(), decidedOn: '2026-11-24', effectiveOn: '2026-11-24' };
    expect(found(decision(data), { now }).errors).toEqual([]);
    const theirs = { ...americanRecord(), lastValidatedOn: '2026-11-24' };
    expect(found(status(theirs), { now, sender: 'US' }).errors).toEqual(['date-in-future /lastValidatedOn']);
  });

  test('the skew lets a day begin early, and no earlier', () => {
    const data = { ...change(), decidedOn: '2026-11-24', effectiveOn: '2026-11-24' };
    const midnight = Date.parse('2026-11-23T16:00:00Z');
    expect(found(decision(data), { now: new Date(midnight - 120_000) }).errors).toEqual([]);
    expect(found(decision(data), { now: new Date(midnight - 120_001) }).errors).toEqual([
      'date-in-future /decidedOn',
    ]);
  });
});

describe('rule 4, order of dates', () => {
  test('a decision takes effect on its day at the earliest', () => {
    const data = { ...change(), decidedOn: '2026-11-20', effectiveOn: '2026-11-19' };
    expect(found(decision(data), { side: 'receiver' }).errors).toEqual([
      'effective-before-decided /effectiveOn',
    ]);
    expect(found(decision({ ...data, effectiveOn: '2026-11-20' })).errors).toEqual([]);
  });

  test('a visit does not end before it begins', () => {
    const data = { ...validation(), visit: { from: '2008-10-29', to: '2008-10-28' } };
    expect(found(result(data), { side: 'receiver' }).errors).toEqual(['visit-order /visit/to']);
  });

  test('a visit has at most ten days from Monday to Friday, both ends counted', () => {
    const visit = (from: string, to: string) =>
      found(result({ ...validation(), visit: { from, to } })).errors;
    expect(visit('2008-10-13', '2008-10-26')).toEqual([]);
    expect(visit('2008-10-11', '2008-10-26')).toEqual([]);
    expect(visit('2008-10-13', '2008-10-27')).toEqual(['visit-too-long /visit/to']);
  });

  test('days from Monday to Friday are counted as a calendar does', () => {
    const day = (n: number) => new Date(Date.UTC(2023, 11, 25) + n * 86_400_000);
    for (let from = 0; from < 8; from++) {
      let expected = 0;
      for (let to = from; to < from + 30; to++) {
        if (day(to).getUTCDay() % 6 !== 0) expected++;
        expect(weekdays(day(from).toISOString().slice(0, 10), day(to).toISOString().slice(0, 10))).toBe(
          expected,
        );
      }
    }
    expect(weekdays('1969-12-29', '1970-01-04')).toBe(5);
  });
});

describe('dates in an order that cannot have happened are doubted', () => {
  test.each([
    [
      { validUntil: '2023-06-11', certifiedOn: '2023-06-12' },
      ['date-order /validUntil', 'date-order /validUntil'],
    ],
    [{ validUntil: '2026-03-31' }, ['date-order /validUntil']],
    [{ nextReviewDue: '2025-05-19' }, ['date-order /nextReviewDue']],
    [{ consent: { givenOn: '2023-06-12', withdrawnOn: '2023-06-11' } }, ['date-order /consent/withdrawnOn']],
    [{ certifiedOn: '2026-04-02' }, ['date-order /statusSince']],
  ])('of a record: %j', (members, warnings) => {
    expect(found(status({ ...record(), ...members }))).toEqual({ errors: [], warnings });
  });

  test('of a validation', () => {
    const data = { ...validation(), visit: { from: '2008-11-03', to: '2008-11-04' } };
    expect(found(result(data))).toEqual({
      errors: [],
      warnings: ['date-order /agreedBy/0/on', 'date-order /agreedBy/1/on'],
    });
    const [first, ...others] = data.findings;
    data.findings = first ? [{ ...first, dueOn: '2008-11-01' }, ...others] : [];
    expect(found(result(data)).warnings).toContain('date-order /findings/0/dueOn');
  });
});
