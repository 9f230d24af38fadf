import { describe, expect, test } from 'vitest';
import { findsImporterNumber } from '../../../src/contract/identifiers/importer-number.ts';

describe('importer-of-record numbers are found', () => {
  test.each([
    '123-45-6789',
    '12-3456789',
    '12-345678900',
    '12-3456789AB',
    '091234-12345',
    'importer no. 12-3456789.',
    'IOR:123-45-6789, confirmed',
    '(091234-12345)',
    '税号12-3456789号',
    'SSN-123-45-6789',
    'ein12-3456789',
    '１２３－４５－６７８９',
    '123\u201145\u20116789',
    'two: 1234 and 123-45-6789',
  ])('%s', (text) => {
    expect(findsImporterNumber(text)).toBe(true);
  });
});

describe('what only resembles an importer-of-record number is not one', () => {
  test.each([
    ['a telephone with its area code', '0755-12-3456789'],
    ['a telephone with its country code', '+86-10-12345678'],
    ['a telephone of the US', '212-555-1234'],
    ['a calendar date', '2026-11-23'],
    ['two dates', '2026-11-23/2026-11-24'],
    ['a validation', 'JV-2008-2-07'],
    ['a case number', 'JV-12-3456789'],
    ['a case number that goes on', '123456-12345-A'],
    ['a letter before', 'B12-3456789'],
    ['a digit before', '1123-45-6789'],
    ['a digit after', '123-45-67890'],
    ['one character too many', '12-34567890'],
    ['a postal code', '12345-6789'],
    ['a D-U-N-S number with hyphens', '12-345-6789'],
    ['a message id', '01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e'],
    ['no hyphens', '123456789'],
    ['nothing', ''],
  ])('%s: %s', (_, text) => {
    expect(findsImporterNumber(text)).toBe(false);
  });
});

test('a long text without one is passed in linear time', () => {
  const text = '12-345678 '.repeat(20_000);
  const start = performance.now();
  expect(findsImporterNumber(text)).toBe(false);
  expect(performance.now() - start).toBeLessThan(1_000);
});
