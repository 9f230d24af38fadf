import { describe, expect, test } from 'vitest';
import { deriveMid, matchesMid } from '../../../src/contract/identifiers/manufacturer-id.ts';

const mid = (name: string, line: string, city: string, country = 'CN') =>
  deriveMid(name, { lines: [line], city, country });

describe('name part of a MID', () => {
  test.each([
    ['Amalgamated Plastics Corp.', 'AMAPLA'],
    ['Bergstrom', 'BER'],
    ['A.B.C. Company', 'ABCCOM'],
    ['A B C Company', 'ABCCOM'],
    ['O.A.S.I.S. Corp.', 'OASCOR'],
    ['Dr. S.A. Smith', 'DRSA'],
    ['Shavings B L Inc.', 'SHABL'],
    ['The Embassy of Spain', 'EMBSPA'],
    ['Rawles-Aden Corp.', 'RAWCOR'],
    ['Rawles - Aden Corp.', 'RAWCOR'],
    ['20th Century Fox', '20TCEN'],
    ['Concept 2000', 'CON200'],
    ['Smith & Sons', 'SMISON'],
    ['Société Générale', 'SOCGEN'],
    ['Hengda (Shenzhen) Co., Ltd.', 'HENSHE'],
  ])('%s gives %s', (name, part) => {
    expect(mid(name, 'Plaza', 'Tokyo')).toBe(`CN${part}TOK`);
  });
});

describe('number part of a MID', () => {
  test.each([
    ['11455 Main Street, Suite 9999', '1145'],
    ['232 Main Street, Suite 1234', '1234'],
    ['One Thousand Century Plaza', ''],
    ['12,34,56 Alaska Road', '1234'],
    ['12-34-56 Alaska Road', '1234'],
    ['Apt. 509 2727 Cleveland St.', '2727'],
    ['7 12th Street', '7'],
    ['龙岗大道1288号', '1288'],
  ])('%s gives %s', (line, part) => {
    expect(mid('Bergstrom', line, 'Tokyo')).toBe(`CNBER${part}TOK`);
  });
});

describe('city part of a MID', () => {
  test.each([
    ['Tokyo', 'TOK'],
    ['St. Michel', 'STM'],
    ['18-Mile High', '18M'],
    ['The Hague', 'HAG'],
  ])('%s gives %s', (city, part) => {
    expect(mid('Bergstrom', 'Plaza', city)).toBe(`CNBER${part}`);
  });
});

test('Canada is written as its province', () => {
  const address = { lines: ['88 King Street'], city: 'Toronto', subdivision: 'CA-ON', country: 'CA' };
  expect(deriveMid('Maple Works', address)).toBe('XOMAPWOR88TOR');
});

test('the MIDs of the canonical messages fit their names and addresses', () => {
  expect(mid('Shenzhen Hengda Electronics Co., Ltd.', 'No. 1288 Longgang Avenue', 'Shenzhen')).toBe(
    'CNSHEHEN1288SHE',
  );
  expect(mid('Dongguan Yongsheng Furniture Co., Ltd.', '88 Houjie Avenue', 'Dongguan')).toBe('CNDONYON88DON');
});

describe('a MID matches a name and address', () => {
  const address = { lines: ['Building 3', 'No. 1288 Longgang Avenue'], city: 'Shenzhen', country: 'CN' };

  test('with the number of any of the lines', () => {
    expect(matchesMid('CNSHEHEN1288SHE', 'Shenzhen Hengda', address)).toBe(true);
    expect(matchesMid('CNSHEHEN3SHE', 'Shenzhen Hengda', address)).toBe(true);
  });

  test.each([
    'CNSHEHEN128SHE',
    'CNSHEHENSHE',
    'CNSHEHUA1288SHE',
    'CNSHEHEN1288DON',
    'USSHEHEN1288SHE',
    'CNSHE',
  ])('and %s does not', (value) => {
    expect(matchesMid(value, 'Shenzhen Hengda', address)).toBe(false);
  });
});
