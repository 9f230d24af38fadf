import { describe, expect, test } from 'vitest';
import { followPointer } from '../../../src/contract/json-pointer.ts';
import type { EnterpriseStatus } from '../../../src/contract/messages.ts';
import { clean, found, record, status } from './canonical-messages.ts';

function corrected(...changes: NonNullable<EnterpriseStatus['correction']>['changes']): EnterpriseStatus {
  const messageId = '01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e';
  return {
    ...record(),
    occasion: 'correction',
    correction: { messageId, version: 3, reason: 'mistyped', changes },
  };
}

describe('3.5: the changes of a correction', () => {
  test.each([
    { pointer: '/certifiedOn', old: '2023-06-21', new: '2023-06-12' },
    { pointer: '/enterprise/roles/1', old: 'importer', new: 'exporter' },
    { pointer: '/consent', old: null, new: { givenOn: '2023-06-12' } },
    { pointer: '/validUntil', old: '2026-06-12', new: null },
  ])('point at what the corrected data hold, or no longer hold: $pointer', (change) => {
    expect(found(status(corrected(change)))).toEqual(clean);
  });

  test.each([
    '/nothing',
    '/enterprise/roles/2',
    '/enterprise/roles/01',
    'certifiedOn',
    '/a~2',
    '',
    '/correction/reason',
  ])('do not point at %j', (pointer) => {
    const data = corrected({ pointer, old: 'a', new: 'b' });
    expect(found(status(data)).errors).toEqual(['correction-pointer /correction/changes/0/pointer']);
    expect(found(status(data), { side: 'receiver' }).errors).toEqual([]);
  });

  test('that say another value than the data hold are doubted', () => {
    const data = corrected({ pointer: '/certifiedOn', old: '2023-06-12', new: '2023-06-21' });
    expect(found(status(data))).toEqual({
      errors: [],
      warnings: ['correction-differs /correction/changes/0/new'],
    });
  });
});

describe('5.5: consent', () => {
  const { consent: _, ...without } = record();

  test('is borne by every record where the link demands it', () => {
    expect(found(status(without)).errors).toEqual(['consent-missing /consent']);
    expect(found(status(without), { side: 'receiver' })).toEqual({
      errors: [],
      warnings: ['consent-missing /consent'],
    });
  });

  test('is not asked for where the link does not', () => {
    expect(found(status(without), { policy: { usccCheckDigits: 'refuse', consentRequired: false } })).toEqual(
      clean,
    );
  });

  test('may be a withdrawn one', () => {
    const consent = { givenOn: '2023-06-12', withdrawnOn: '2026-11-01' };
    expect(found(status({ ...record(), consent }))).toEqual(clean);
  });
});

describe('a JSON pointer (RFC 6901)', () => {
  const document = { 'a/b': { '~': [10, { '': 'x' }] } };

  test('is followed through escapes, indexes and empty names', () => {
    expect(followPointer(document, '')).toEqual({ found: true, value: document });
    expect(followPointer(document, '/a~1b/~0/0')).toEqual({ found: true, value: 10 });
    expect(followPointer(document, '/a~1b/~0/1/')).toEqual({ found: true, value: 'x' });
  });

  test('names own members only', () => {
    expect(followPointer(document, '/toString')).toEqual({ found: false, wellFormed: true });
    expect(followPointer(document, '/a~1b/~0/-')).toEqual({ found: false, wellFormed: true });
    expect(followPointer(document, '/a~1b/~0/length')).toEqual({ found: false, wellFormed: true });
    expect(followPointer(document, 'a')).toEqual({ found: false, wellFormed: false });
  });
});
