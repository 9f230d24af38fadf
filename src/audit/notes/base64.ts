/**
 * Reads standard Base64 (RFC 4648, 4) that is written in the one canonical way: padded, nothing else in it, no bits
 * left over. Two spellings of one signature would be two notes with the same meaning.
 *
 * @param bytes the length that it must have, where there is one
 * @returns undefined for anything else
 */
export function readBase64(text: string, bytes?: number): Buffer | undefined {
  const decoded = Buffer.from(text, 'base64');
  if (decoded.toString('base64') !== text) return undefined;
  return bytes === undefined || decoded.length === bytes ? decoded : undefined;
}
