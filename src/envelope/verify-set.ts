import { hash } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import { type CheckedClaims, type ClaimsPolicy, checkClaims } from './check-claims.ts';
import { checkEvent, type SetEvent } from './check-event.ts';
import { checkHeader, type HeaderPolicy } from './check-header.ts';
import { splitCompact } from './compact-jws.ts';
import { JsonError } from './json-error.ts';
import { isJsonObject, parseStrictJson } from './parse-strict-json.ts';
import { SetError } from './set-error.ts';
import type { VerificationKey } from './verification-keys.ts';

/** A compact JWS as it came: nobody's word yet. */
export type RawSet = string;

/** What a link believes: the partner's keys and names, and its limits of time. */
export interface VerificationPolicy extends HeaderPolicy, ClaimsPolicy {}

declare const verified: unique symbol;

/** The partner's word, for us. Only verifySet makes one. */
export interface VerifiedSet extends CheckedClaims {
  readonly [verified]: true;
  event: SetEvent;
  kid: string;
  /** The bytes on record, as received. */
  jws: string;
  /** Over the ASCII bytes of the compact JWS. */
  sha256: Buffer;
}

/**
 * Depth: the contract nests nine deep from the payload. Members: a receipt of 1,000 has 6,000, a resync-request of
 * 10,000 records 30,000.
 */
export const PAYLOAD_LIMITS = { depthMax: 32, membersMax: 50_000 };

/**
 * Is it the partner's word, for us (protocol.md 2.1, from the shape of the JWS on)? The checks run in that order and
 * the first that fails is the answer.
 *
 * @throws {SetError} naming the check that failed
 */
export async function verifySet(jws: RawSet, policy: VerificationPolicy): Promise<VerifiedSet> {
  const { protectedHeader } = splitCompact(jws);
  const key = checkHeader(protectedHeader, policy);
  const payload = await checkSignature(jws, key);
  const claims = parsePayload(payload);
  const checked = checkClaims(claims, key, policy);
  const event = checkEvent(claims.events, checked.subject);
  const sha256 = hash('sha256', jws, 'buffer');
  return { ...checked, event, kid: key.kid, jws, sha256 } as VerifiedSet;
}

/** Verifies many at once, so that the signatures are checked on all cores; an answer for each, in order. */
export function verifySets(
  sets: readonly RawSet[],
  policy: VerificationPolicy,
): Promise<(VerifiedSet | SetError)[]> {
  return Promise.all(
    sets.map((jws) =>
      verifySet(jws, policy).catch((error: unknown) => {
        if (error instanceof SetError) return error;
        throw error;
      }),
    ),
  );
}

async function checkSignature(jws: RawSet, { key, alg }: VerificationKey): Promise<Uint8Array> {
  try {
    const { payload } = await compactVerify(jws, key, { algorithms: [alg] });
    return payload;
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    throw new SetError('authentication_failed', 'the signature does not verify with the key that kid names', {
      cause,
    });
  }
}

function parsePayload(payload: Uint8Array): Record<string, unknown> {
  let claims: unknown;
  try {
    claims = parseStrictJson(payload, PAYLOAD_LIMITS);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new SetError('invalid_set', `the payload ${cause.message}`, { cause });
  }
  if (!isJsonObject(claims)) throw new SetError('invalid_set', 'the payload is not a JSON object');
  return claims;
}
