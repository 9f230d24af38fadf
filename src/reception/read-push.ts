import { SET_BYTES_MAX } from '../envelope/compact-jws.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { isSealed, SEALED_BYTES_MAX } from '../envelope/seal-set.ts';
import type { Link } from '../links/link.ts';

/** Why a push is not read: an RFC 8935 error with the status it is sent with. */
export interface PushFault {
  status: 400 | 413;
  err: 'invalid_request' | 'too_many_sets';
  description: string;
}

/** Reads the body of a multi-SET push, `{"sets": {jti: jws}}`, as far as its form goes. */
export function readPush(body: unknown, link: Link): ReadonlyMap<string, string> | PushFault {
  if (!isJsonObject(body) || !isJsonObject(body.sets)) {
    return {
      status: 400,
      err: 'invalid_request',
      description: 'the body must be a JSON object {"sets": {jti: SET}}',
    };
  }
  const members = Object.entries(body.sets);
  if (members.length > link.batchSetsMax) {
    const description = `the request holds ${members.length} SETs; at most ${link.batchSetsMax} are taken`;
    return { status: 413, err: 'too_many_sets', description };
  }
  const sets = new Map<string, string>();
  for (const [jti, jws] of members) {
    if (typeof jws !== 'string') {
      return {
        status: 400,
        err: 'invalid_request',
        description: 'every member of sets must be a compact JWS',
      };
    }
    if (jws.length > SET_BYTES_MAX && (jws.length > SEALED_BYTES_MAX || !isSealed(jws))) {
      return { status: 413, err: 'too_many_sets', description: `a SET is over ${SET_BYTES_MAX} bytes` };
    }
    sets.set(jti, jws);
  }
  return sets;
}

/** The SET by whose issuer the link of a request is chosen: on a link, all are from one partner. */
export function firstSet(body: unknown): string | undefined {
  const [first] = isJsonObject(body) && isJsonObject(body.sets) ? Object.values(body.sets) : [];
  return typeof first === 'string' ? first : undefined;
}
