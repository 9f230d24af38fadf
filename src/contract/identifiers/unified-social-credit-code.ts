/** The 31 characters of GB 32100-2015, each worth its place: no I, O, S, V, Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** 3^(i-1) mod 31 for the first 17 characters. */
const codeWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** GB 11714, for the first eight characters of the organisation code. */
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

const ORGANISATION_AT = 8;
const ORGANISATION_CHECK_AT = 16;
const CODE_CHECK_AT = 17;

/** @param code of the right shape; its last character is not read */
export function unifiedSocialCreditCheck(code: string): string {
  let sum = 0;
  for (const [i, weight] of codeWeights.entries()) sum += weight * ALPHABET.indexOf(code.charAt(i));
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/**
 * Check character of the organisation code, which stands in characters 9-17.
 *
 * @param code a unified social credit code of the right shape; its last two characters are not read
 */
export function organisationCheck(code: string): string {
  let sum = 0;
  for (const [i, weight] of organisationWeights.entries()) {
    sum += weight * Number.parseInt(code.charAt(ORGANISATION_AT + i), 36);
  }
  const check = 11 - (sum % 11);
  if (check === 10) return 'X';
  return check === 11 ? '0' : String(check);
}

/** Whether both check characters fit a code of the right shape. */
export function hasUnifiedSocialCreditChecks(code: string): boolean {
  return (
    code.charAt(ORGANISATION_CHECK_AT) === organisationCheck(code) &&
    code.charAt(CODE_CHECK_AT) === unifiedSocialCreditCheck(code)
  );
}
