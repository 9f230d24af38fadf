import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasLegalEntityCheck } from '../../../src/contract/identifiers/legal-entity-identifier.ts';

describe('legal entity identifier (ISO 17442)', () => {
  test.each(['5493001KJTIIGC8Y1R12', '529900T8BM49AURSDO55', '7LTWFZYICNSX8D621K86'])(
    '%s is good',
    (value) => {
      expect(hasLegalEntityCheck(value)).toBe(true);
    },
  );

  test('one changed digit is always noticed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 19 }), fc.constantFrom(...'0123456789'), (at, other) => {
        const value = '529900T8BM49AURSDO55';
        fc.pre(/[0-9]/.test(value.charAt(at)) && value.charAt(at) !== other);
        return !hasLegalEntityCheck(value.slice(0, at) + other + value.slice(at + 1));
      }),
    );
  });
});
