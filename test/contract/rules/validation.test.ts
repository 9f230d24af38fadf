import { describe, expect, test } from 'vitest';
import { found, result, validation } from './canonical-messages.ts';

describe('3.5: a joint validation', () => {
  test('has both parties in its team and its agreement', () => {
    const data = validation();
    data.team = [{ party: 'CN', office: 'Huangpu Customs', role: 'lead' }];
    data.agreedBy = [{ party: 'US', office: 'CBP C-TPAT', on: '2008-10-31' }];
    expect(found(result(data)).errors).toEqual(['agreed-by-incomplete /agreedBy', 'team-incomplete /team']);
    expect(found(result({ ...data, kind: 'initial' })).errors).toEqual([]);
  });

  test.each([
    ['no lead', ['observer', 'observer']],
    ['two leads', ['lead', 'lead']],
    ['a lead of the other party', ['observer', 'lead']],
  ] as const)('with %s is refused', (_, roles) => {
    const data = validation();
    data.team = [
      { party: 'CN', office: 'Huangpu Customs', role: roles[0] },
      { party: 'US', office: 'CBP C-TPAT', role: roles[1] },
    ];
    expect(found(result(data)).errors).toEqual(['team-lead /team']);
  });
});

describe('4.1: the edition of the criteria', () => {
  test.each([
    ['CTPAT-MSC-2005', '2019-10-31', []],
    ['CTPAT-MSC-2005', '2019-11-01', ['edition-not-in-use /criteria']],
    ['CTPAT-MSC-2019-11', '2019-11-01', []],
    ['CTPAT-MSC-2019-11', '2019-10-31', ['edition-not-in-use /criteria']],
    ['CTPAT-MSC-2005', '2005-03-24', ['edition-not-in-use /criteria']],
  ] as const)('%s was in use at visit.from %s', (criteria, day, errors) => {
    expect(found(result({ ...validation(), criteria, visit: { from: day, to: day } })).errors).toEqual(
      errors,
    );
  });

  test('knows the category of each finding, the number before the dot', () => {
    const data = validation();
    data.findings = [
      { criterion: '2.1', category: 3, obligation: 'should', result: 'met', action: 'lock' },
      { criterion: '8.1', category: 8, obligation: 'must', result: 'met' },
      { criterion: '7.12', category: 7, obligation: 'must', result: 'met' },
    ];
    expect(found(result(data)).errors).toEqual([
      'category-mismatch /findings/0/category',
      'category-not-in-edition /findings/1/category',
    ]);
  });
});

test('the receiver warns of team, agreement, edition and categories', () => {
  const data = validation();
  data.criteria = 'CTPAT-MSC-2019-11';
  data.team = [{ party: 'CN', office: 'Huangpu Customs', role: 'observer' }];
  const { errors, warnings } = found(result(data), { side: 'receiver' });
  expect(errors).toEqual([]);
  expect(warnings).toEqual(['team-incomplete /team', 'team-lead /team', 'edition-not-in-use /criteria']);
});
