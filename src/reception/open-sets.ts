import { type DecryptionKeys, isSealed, openSet } from '../envelope/seal-set.ts';
import { SetError } from '../envelope/set-error.ts';
import type { Link } from '../links/link.ts';

/**
 * Takes the encryption off SETs, before anything else is looked at. What is on record, hashed and receipted is the
 * JWS inside.
 *
 * @returns for each the JWS, or why there is none: on a link that demands encryption, that it is not encrypted
 */
export function openSets(
  sets: readonly string[],
  link: Pick<Link, 'encryption'>,
  keys: DecryptionKeys,
): Promise<readonly (string | SetError)[]> {
  if (link.encryption === 'none' && !sets.some(isSealed)) return Promise.resolve(sets);
  return Promise.all(
    sets.map(async (text) => {
      if (!isSealed(text)) {
        if (link.encryption === 'none') return text;
        return new SetError('invalid_set', 'this link takes encrypted SETs only');
      }
      return openSet(text, keys).catch((error: unknown) => {
        if (error instanceof SetError) return error;
        throw error;
      });
    }),
  );
}
