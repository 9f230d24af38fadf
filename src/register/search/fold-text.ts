import { simplified } from './simplified-characters.ts';

/** Whether a text is in Chinese characters, at least in part: then it is searched by pairs of characters. */
export function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}

/**
 * Latin text as it is compared: without case, width, accents and punctuation, words joined by single spaces.
 * `Ｈengda Electronics Co., Ltd.` → `hengda electronics co ltd`.
 */
export function foldLatin(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Chinese text as it is compared: simplified characters, without width, case, spaces and punctuation. */
export function foldChinese(text: string): string {
  const letters = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
  return simplified(letters);
}

export function foldPlace(text: string): string {
  return isChinese(text) ? foldChinese(text) : foldLatin(text);
}

/** An identifier as it is compared: capitals, without the hyphens and spaces in which it is displayed. */
export function foldIdentifier(text: string): string {
  const value = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
  // The display form of an AEO code: AEO, then our id.
  return value.replace(/^AEO(?=CN|US)/, '');
}

/** Every two neighbours of a folded Chinese text, each once. */
export function pairsOf(text: string): string[] {
  const characters = [...text];
  return [...new Set(characters.slice(1).map((character, n) => `${characters[n]}${character}`))];
}
