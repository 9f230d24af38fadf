import { describe, expect, test } from 'vitest';
import { americanRecord, change, clean, decision, found, record, status } from './canonical-messages.ts';

describe('4.2: a regime is in force on the day that counts', () => {
  test.each([
    ['GACC-282', '2026-04-01', []],
    ['GACC-282', '2026-03-31', ['regime-not-in-force /regime']],
    ['GACC-251', '2026-03-31', []],
    ['GACC-251', '2026-04-01', ['regime-not-in-force /regime']],
    ['GACC-251', '2021-10-31', ['regime-not-in-force /regime']],
    ['GACC-237', '2018-05-01', []],
    ['GACC-225', '2018-05-01', ['regime-not-in-force /regime']],
  ] as const)('%s at statusSince %s', (regime, statusSince, errors) => {
    const data = { ...record(), regime, statusSince, certifiedOn: '2008-04-01' };
    expect(found(status(data)).errors).toEqual(errors);
  });

  test('before the first regime nothing is in force', () => {
    const data = {
      ...record(),
      regime: 'GACC-170',
      class: 'AA',
      statusSince: '2008-03-31',
      certifiedOn: '2008-03-31',
    } as const;
    expect(found(status(data)).errors).toEqual(['regime-not-in-force /regime']);
  });

  test('for a change effectiveOn counts', () => {
    const data = { ...change(), decidedOn: '2026-03-20', effectiveOn: '2026-03-31' };
    expect(found(decision(data)).errors).toEqual(['regime-not-in-force /regime']);
    expect(found(decision({ ...data, effectiveOn: '2026-04-01' })).errors).toEqual([]);
  });

  test('the regime of from had begun by then', () => {
    const data = {
      ...change(),
      regime: 'GACC-251',
      decidedOn: '2026-03-01',
      effectiveOn: '2026-03-01',
    } as const;
    const from = { status: 'certified', class: 'advanced-certified', regime: 'GACC-282' } as const;
    expect(found(decision({ ...data, from })).errors).toEqual(['regime-not-in-force /from/regime']);
  });

  test('a regime of the other party is none of this one', () => {
    expect(found(status({ ...record(), regime: 'CTPAT' })).errors).toEqual(['regime-mismatch /regime']);
    const data = change();
    data.from.regime = 'CTPAT';
    expect(found(decision(data)).errors).toEqual(['regime-mismatch /from/regime']);
  });
});

describe('4.2: a class is one of its regime, and an aeo class where certified or suspended', () => {
  test.each([
    ['certified', 'AA', ['grade-not-in-regime /class']],
    ['certified', 'certified', []],
    ['certified', 'regular', ['grade-not-aeo /class']],
    ['suspended', 'dishonest', ['grade-not-aeo /class']],
    ['revoked', 'dishonest', []],
    ['revoked', 'registered', ['grade-not-in-regime /class']],
  ] as const)('%s with the class %s', (state, grade, errors) => {
    expect(found(status({ ...record(), status: state, class: grade })).errors).toEqual(errors);
  });

  test('a fall to another class is revoked, with that class in to', () => {
    const data = { ...change(), change: 'revoked', to: { status: 'revoked', class: 'regular' } } as const;
    expect(found(decision(data)).errors).toEqual([]);
  });

  test('both ends of a change are looked at, from under its own regime', () => {
    const from = { status: 'certified', class: 'general-certified' } as const;
    const to = { status: 'suspended', class: 'regular' } as const;
    expect(found(decision({ ...change(), from, to })).errors).toEqual([
      'grade-not-in-regime /from/class',
      'grade-not-aeo /to/class',
    ]);
    expect(found(decision({ ...change(), from: { ...from, regime: 'GACC-237' } })).errors).toEqual([]);
  });
});

describe('4.1: tiers', () => {
  test.each([
    [['importer'], 'III', []],
    [['exporter'], 'III', []],
    [['customs-broker'], 'II', []],
    [['customs-broker'], 'III', ['tier-not-for-role /tier']],
    [['customs-broker', 'importer'], 'III', []],
    [['sea-carrier', 'consolidator'], 'III', ['tier-not-for-role /tier']],
  ] as const)('%j may hold tier %s', (roles, tier, errors) => {
    const data = { ...americanRecord(), tier };
    data.enterprise.roles = [...roles];
    expect(found(status(data), { sender: 'US' }).errors).toEqual(errors);
  });

  test('a Chinese class is free of them', () => expect(found(status(record()))).toEqual(clean));
});

test('the receiver warns of regime, class and tier, and refuses for none of them', () => {
  const data = { ...record(), class: 'AA', statusSince: '2026-03-31' } as const;
  const { errors, warnings } = found(status(data), { side: 'receiver' });
  expect(errors).toEqual([]);
  expect(warnings).toEqual(['regime-not-in-force /regime', 'grade-not-in-regime /class']);
});
