/**
 * Counts the members of all objects in a parsed value, and answers NaN if a string in it is half a surrogate pair
 * or a number is none that every party reads as the same one (isExactNumber). NaN stays NaN in a sum, so one fault
 * anywhere shows in the total.
 *
 * @param surrogates whether strings need the look at all: false for a text without `\u`, whose UTF-8 was checked
 */
export function weighJson(value: unknown, surrogates: boolean): number {
  if (typeof value === 'string') return !surrogates || value.isWellFormed() ? 0 : Number.NaN;
  if (typeof value === 'number') return isExactNumber(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) {
    let sum = 0;
    for (const element of value) sum += weighJson(element, surrogates);
    return sum;
  }
  const record = value as Record<string, unknown>;
  const names = Object.keys(record);
  let sum = names.length;
  for (const name of names) {
    if (surrogates && !name.isWellFormed()) return Number.NaN;
    sum += weighJson(record[name], surrogates);
  }
  return sum;
}

/**
 * Integers of at most 2^53 - 1 and fractions (RFC 7493, 2.2). Not -0, which RFC 8785 writes as 0: the canonical
 * form would no longer be what was signed; nor what overflows to infinity.
 */
export function isExactNumber(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER && !Object.is(value, -0);
}
