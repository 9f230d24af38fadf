/**
 * Reads a decimal as the formats of C2SP write it: digits only, no leading zero, at most 2^53 - 1, which is what
 * our numbers hold exactly.
 *
 * @returns undefined for anything else
 */
export function readDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
