/** What of an address goes into a MID. */
export interface ManufacturerAddress {
  readonly lines: readonly string[];
  readonly city: string;
  /** ISO 3166-2; only Canada's is read. */
  readonly subdivision?: string;
  readonly country: string;
}

/** The words that the appendix names as ignored. */
const ignoredWords = new Set(['A', 'AN', 'AND', 'OF', 'THE']);

/** `CA` is not valid in a MID: its province stands in its place. */
const canadianProvinces: Readonly<Record<string, string>> = {
  'CA-AB': 'XA',
  'CA-BC': 'XC',
  'CA-MB': 'XM',
  'CA-NB': 'XB',
  'CA-NL': 'XW',
  'CA-NS': 'XN',
  'CA-NT': 'XT',
  'CA-NU': 'XV',
  'CA-ON': 'XO',
  'CA-PE': 'XP',
  'CA-QC': 'XQ',
  'CA-SK': 'XS',
  'CA-YT': 'XY',
};

const ascii = /^[\x20-\x7e]*$/;
const marks = /\p{M}+/gu;
const separators = /[\s,;:/()[\]&+]+/;
const spacedHyphens = /\s*[-\u2010-\u2015]\s*/g;
const notAlphanumeric = /[^0-9A-Z]+/g;
const notDigit = /[^0-9]+/g;
const ordinal = /^[0-9]+(?:ST|ND|RD|TH)$/;

/**
 * Manufacturer identification code by the appendix to 19 CFR 102: country, three letters of each of the first two
 * words of the name, four digits of the largest number of the street line, three letters of the city. A part that
 * the name or address does not give is left out.
 */
export function deriveMid(latinName: string, address: ManufacturerAddress): string {
  let largest = '';
  for (const line of address.lines) largest = larger(largest, numberOf(line));
  return beforeNumber(latinName, address) + largest.slice(0, 4) + cityPart(address.city);
}

/**
 * Whether a MID can come from this name and address. Which line is the street line is not marked in an address, so
 * the number of any line will do.
 */
export function matchesMid(mid: string, latinName: string, address: ManufacturerAddress): boolean {
  const start = beforeNumber(latinName, address);
  const end = cityPart(address.city);
  if (!mid.startsWith(start) || !mid.endsWith(end) || mid.length < start.length + end.length) return false;
  const number = mid.slice(start.length, mid.length - end.length);
  return address.lines.some((line) => numberOf(line).slice(0, 4) === number);
}

function beforeNumber(latinName: string, address: ManufacturerAddress): string {
  const country = canadianProvinces[address.subdivision ?? ''] ?? address.country;
  const [first = '', second = ''] = wordsOf(latinName);
  return country + first.slice(0, 3) + second.slice(0, 3);
}

function cityPart(city: string): string {
  return wordsOf(city).join('').slice(0, 3);
}

/** The words that count: hyphens join, other punctuation goes, initials in a row are one word. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let initials = '';
  for (const piece of plain(text).replace(spacedHyphens, '-').split(separators)) {
    const word = piece.replace(notAlphanumeric, '');
    if (word.length === 1) {
      initials += word;
    } else if (word !== '') {
      addWord(words, initials);
      initials = '';
      addWord(words, word);
    }
  }
  addWord(words, initials);
  return words;
}

function addWord(words: string[], word: string): void {
  if (word !== '' && !ignoredWords.has(word)) words.push(word);
}

function plain(text: string): string {
  // Nothing to take apart in ASCII, and nearly all Latin names are.
  if (ascii.test(text)) return text.toUpperCase();
  return text.normalize('NFKD').replace(marks, '').toUpperCase();
}

/** The largest number of a line. Punctuation joins digits, a space parts them; `12th` names a street. */
function numberOf(line: string): string {
  let largest = '';
  for (const piece of plain(line).split(/\s+/)) {
    if (!ordinal.test(piece)) largest = larger(largest, piece.replace(notDigit, ''));
  }
  return largest;
}

function larger(one: string, other: string): string {
  return Number(other) > Number(one) ? other : one;
}
