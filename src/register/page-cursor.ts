import { Problem } from '../http/problem.ts';

/** Opaque to whoever holds it: where a page of the register ended. */
export function cursorOf(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * @param types what each part must be
 * @throws Problem cursor-malformed
 */
export function placeOf(cursor: string, types: readonly ('string' | 'number')[]): (string | number)[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(place) &&
      place.length === types.length &&
      place.every((part, n) => typeof part === types[n])
    )
      return place as (string | number)[];
  } catch {
    // Not JSON: told below.
  }
  throw new Problem('cursor-malformed', {
    detail: 'The parameter cursor must be the next of an earlier answer, or be left out.',
  });
}
