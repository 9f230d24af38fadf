import { type Algorithm, isAlgorithm } from './algorithms.ts';
import { JsonError } from './json-error.ts';
import { isJsonObject, parseStrictJson } from './parse-strict-json.ts';
import { SetError } from './set-error.ts';
import type { VerificationKey, VerificationKeys } from './verification-keys.ts';

export interface HeaderPolicy {
  algorithms: readonly string[];
  keys: VerificationKeys;
}

/** A header has a handful of flat members; a certificate chain in `x5c` is the largest that is ignored. */
const headerLimits = { depthMax: 8, membersMax: 100 };

/**
 * Checks a protected header and finds the pinned key it names. What the header brings along as a key or an address
 * of one (`jwk`, `jku`, `x5u`, `x5c`) is not read.
 */
export function checkHeader(segment: string, policy: HeaderPolicy): VerificationKey {
  const header = parseHeader(segment);
  const { alg, kid } = header;
  if (header.typ !== 'secevent+jwt' && header.typ !== 'application/secevent+jwt') {
    throw new SetError('invalid_set', 'the header member typ is not secevent+jwt');
  }
  if (!isAllowed(alg, policy.algorithms)) {
    throw new SetError('invalid_set', 'the header member alg is not an algorithm that this link allows');
  }
  const key = typeof kid === 'string' ? policy.keys.get(kid) : undefined;
  if (!key)
    throw new SetError(
      'invalid_key',
      'the header member kid does not name a key that is pinned for this link',
    );
  if (key.alg !== alg) throw new SetError('invalid_key', 'the key that kid names is not one for this alg');
  if ('crit' in header)
    throw new SetError('invalid_set', 'the header member crit names an extension that is not understood');
  if ('b64' in header) throw new SetError('invalid_set', 'the header member b64 is not used in a SET');
  return key;
}

function isAllowed(alg: unknown, allowed: readonly string[]): alg is Algorithm {
  return isAlgorithm(alg) && allowed.includes(alg);
}

function parseHeader(segment: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = parseStrictJson(Buffer.from(segment, 'base64url'), headerLimits);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new SetError('invalid_set', `the header ${cause.message}`, { cause });
  }
  if (!isJsonObject(header)) throw new SetError('invalid_set', 'the header is not a JSON object');
  return header;
}
