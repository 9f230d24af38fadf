import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasUnifiedSocialCreditChecks,
  organisationCheck,
  unifiedSocialCreditCheck,
} from '../../../src/contract/identifiers/unified-social-credit-code.ts';

const alphabet = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'];
const digit = fc.constantFrom(...'0123456789');
const good = ['91350100M000100Y43', '91110000101623741K', '911101066976941872', '91440300MA5H3K7B7M'];

const generated = fc
  .tuple(
    fc.array(fc.constantFrom(...alphabet), { minLength: 2, maxLength: 2 }),
    fc.array(digit, { minLength: 6, maxLength: 6 }),
    fc.array(fc.constantFrom(...alphabet), { minLength: 8, maxLength: 8 }),
  )
  .map((parts) => {
    const body = parts.flat().join('');
    const withOrganisation = body + organisationCheck(body);
    return withOrganisation + unifiedSocialCreditCheck(withOrganisation);
  });

describe('unified social credit code (GB 32100, GB 11714)', () => {
  test.each(good)('the check digits of %s fit', (code) => {
    expect(hasUnifiedSocialCreditChecks(code)).toBe(true);
  });

  test('a code made with both check characters has them', () => {
    fc.assert(fc.property(generated, (code) => hasUnifiedSocialCreditChecks(code)));
  });

  test('one changed character is always noticed', () => {
    fc.assert(
      fc.property(generated, fc.nat({ max: 17 }), fc.constantFrom(...alphabet), (code, at, other) => {
        fc.pre(code.charAt(at) !== other);
        return !hasUnifiedSocialCreditChecks(code.slice(0, at) + other + code.slice(at + 1));
      }),
    );
  });

  test('a wrong organisation code is noticed although the last character fits', () => {
    const body = '91350100M000100Y';
    const wrong = `${body.slice(0, 16)}9`;
    const code = `${wrong}${unifiedSocialCreditCheck(wrong)}`;
    expect(organisationCheck(code)).not.toBe('9');
    expect(hasUnifiedSocialCreditChecks(code)).toBe(false);
  });

  test('the check of an organisation code is X for 10 and 0 for 11', () => {
    expect(organisationCheck('9135010000000004')).toBe('3');
    expect(organisationCheck('9135010000000000')).toBe('0');
    expect(organisationCheck('9135010000000006')).toBe('X');
  });
});
