import type { DetailsCell } from '../../contract/cells.ts';
import type { EnterpriseStatus } from '../../contract/messages.ts';
import type { SubjectKey } from '../subject-key.ts';
import { foldChinese, foldIdentifier, foldLatin, foldPlace, pairsOf } from './fold-text.ts';

/** What one enterprise is found by. */
export interface SearchDocument extends SubjectKey {
  /** Folded, with a space before the first word so that every word has one. */
  latin: string;
  native: string | null;
  /** Exact keys, each with its kind: see {@link keyOf}. */
  keys: string[];
  regime: string | null;
  grade: string | null;
  status: string | null;
  nextReviewDue: string | null;
}

type KeyKind = 'identifier' | 'place' | 'pair';
const PREFIXES: Readonly<Record<KeyKind, string>> = { identifier: 'i', place: 'p', pair: 'n' };

export function keyOf(kind: KeyKind, folded: string): string {
  return `${PREFIXES[kind]}:${folded}`;
}

/** Pure: the same cells always give the same document. */
export function searchDocument(
  key: SubjectKey,
  details: Pick<DetailsCell, 'data'> | null,
  standing: { regime: string; grade: string | null; status: string } | null,
): SearchDocument {
  const data = details && 'enterprise' in details.data ? details.data : undefined;
  const native = data?.enterprise.name.native;
  const folded = native ? foldChinese(native.text) : null;
  return {
    link: key.link,
    party: key.party,
    subject: key.subject,
    latin: data ? ` ${foldLatin(data.enterprise.name.latin)}` : '',
    native: folded,
    keys: [
      ...new Set([keyOf('identifier', key.subject), ...(data ? keysOf(data) : []), ...pairKeys(folded)]),
    ],
    regime: standing?.regime ?? null,
    grade: standing?.grade ?? null,
    status: standing?.status ?? null,
    nextReviewDue: data?.nextReviewDue ?? null,
  };
}

function keysOf({ enterprise }: EnterpriseStatus): string[] {
  const { identifiers, supersedes = [], supersededBy = [], addresses } = enterprise;
  const names = [...identifiers.map(({ value }) => value), ...supersedes, ...supersededBy];
  const places = addresses.flatMap(({ city, subdivision, postalCode }) => [city, subdivision, postalCode]);
  return [
    ...names.map((name) => keyOf('identifier', foldIdentifier(name))),
    ...places.flatMap((place) => (place === undefined ? [] : [keyOf('place', foldPlace(place))])),
  ];
}

function pairKeys(folded: string | null): string[] {
  return folded === null ? [] : pairsOf(folded).map((pair) => keyOf('pair', pair));
}
