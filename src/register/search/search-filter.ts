import type { EnterpriseRecord } from '../read-enterprise.ts';
import { foldChinese, foldIdentifier, foldLatin, foldPlace, isChinese, pairsOf } from './fold-text.ts';
import { keyOf } from './search-document.ts';

/** What a search asks for; everything given must hold. */
export interface SearchFilter {
  /** An identifier of any scheme, in any form of display. */
  identifier?: string;
  /** Words of the Latin name in any order, or part of the Chinese name. */
  name?: string;
  /** City, subdivision (ISO 3166-2) or postal code. */
  place?: string;
  regime?: string;
  /** Class of a Chinese enterprise, tier of a US one. */
  grade?: string;
  status?: string;
  /** Review due on this day or later, and on this day or earlier. */
  reviewFrom?: string;
  reviewUntil?: string;
}

/** The part of a search that who an enterprise is decides; the rest is how it stands. */
export interface IdentityTerms {
  /** Keys that a document must have, all of them. */
  keys: string[];
  /** Patterns for `like`: the words of the Latin name. */
  latin: string[];
  /** Pattern for `like`: pairs may stand apart, the name may not. */
  native: string | null;
}

/** A name too short to be looked for. */
export class NameTooShort extends Error {
  override readonly name = 'NameTooShort';
}

/** A Latin word that is shorter must be the beginning of one: three letters make a trigram of their own. */
const WORD_ANYWHERE_MIN = 3;

/** @throws NameTooShort for a name of less than two letters or characters */
export function identityTerms({ identifier, name, place }: SearchFilter): IdentityTerms {
  const terms: IdentityTerms = { keys: [], latin: [], native: null };
  if (identifier !== undefined) terms.keys.push(keyOf('identifier', foldIdentifier(identifier)));
  if (place !== undefined) terms.keys.push(keyOf('place', foldPlace(place)));
  if (name === undefined) return terms;
  const folded = isChinese(name) ? foldChinese(name) : foldLatin(name);
  if ([...folded].length < 2) throw new NameTooShort();
  if (isChinese(name)) {
    terms.keys.push(...pairsOf(folded).map((pair) => keyOf('pair', pair)));
    // One pair is the name that is looked for; of more, each could stand elsewhere.
    terms.native = [...folded].length === 2 ? null : `%${folded}%`;
  } else {
    // Folded text holds letters, digits and spaces only, so nothing in it is a wildcard.
    terms.latin = folded
      .split(' ')
      .map((word) => (word.length < WORD_ANYWHERE_MIN ? `% ${word}%` : `%${word}%`));
  }
  return terms;
}

/** Whether a record stands as the search asks: by its own cells, which the index may be a moment behind. */
export function standsAsAsked(
  { details, standing }: Pick<EnterpriseRecord, 'details' | 'standing'>,
  { regime, grade, status, reviewFrom, reviewUntil }: SearchFilter,
): boolean {
  const due = details?.data.nextReviewDue;
  return (
    (regime === undefined || standing?.regime === regime) &&
    (grade === undefined || standing?.grade === grade) &&
    (status === undefined || standing?.status === status) &&
    (reviewFrom === undefined || (due !== undefined && due >= reviewFrom)) &&
    (reviewUntil === undefined || (due !== undefined && due <= reviewUntil))
  );
}
