import { hash } from 'node:crypto';
import { type CheckedClaims, type ClaimsPolicy, checkClaims } from './check-claims.ts';
import { checkEvent, type SetEvent } from './check-event.ts';
import { checkHeader, type HeaderPolicy } from './check-header.ts';
import { splitCompact } from './compact-jws.ts';
import { JsonError } from './json-error.ts';
import { isJsonObject, parseStrictJson } from './parse-strict-json.ts';
import { SetError } from './set-error.ts';
import type { VerificationKey } from './verification-keys.ts';
import { verifySignature } from './verify-signature.ts';

/** Headers that were found right under one policy, with their keys: those of one request are all the same. */
type HeadersSeen = Map<string, VerificationKey>;

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
export async function verifySet(
  jws: RawSet,
  policy: VerificationPolicy,
  headers: HeadersSeen = new Map(),
): Promise<VerifiedSet> {
  const segments = splitCompact(jws);
  const key = headers.get(segments.protectedHeader) ?? checkHeader(segments.protectedHeader, policy);
  headers.set(segments.protectedHeader, key);
  await checkSignature(jws, segments.signature, key);
  const claims = parsePayload(Buffer.from(segments.payload, 'base64url'));
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
  const headers: HeadersSeen = new Map();
  return Promise.all(
    sets.map((jws) =>
      verifySet(jws, policy, headers).catch((error: unknown) => {
        if (error instanceof SetError) return error;
        throw error;
      }),
    ),
  );
}

async function checkSignature(jws: string, signature: string, { key, alg }: VerificationKey): Promise<void> {
  const signed = Buffer.from(jws.slice(0, -signature.length - 1), 'latin1');
  if (!(await verifySignature(signed, Buffer.from(signature, 'base64url'), alg, key))) {
    throw new SetError('authentication_failed', 'the signature does not verify with the key that kid names');
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
