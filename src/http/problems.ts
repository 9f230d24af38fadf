/**
 * Every problem that the internal listener answers with, by code. `type` is `urn:mra-gateway:problem:<code>`;
 * programs branch on it, so a code is never renamed. `title` says what kind it is, `detail` what to do.
 */
export const problems = {
  malformed: { status: 400, title: 'The request is malformed' },
  'purpose-missing': { status: 400, title: 'The purpose of reading is missing' },
  'purpose-unknown': { status: 400, title: 'The purpose of reading is unknown' },
  'cursor-malformed': { status: 400, title: 'The cursor is not one of ours' },
  'idempotency-key-malformed': { status: 400, title: 'The idempotency key is malformed' },
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  'scope-missing': { status: 403, title: 'The access token does not allow this' },
  'csrf-refused': { status: 403, title: 'The request is not from a page of this gateway' },
  'second-person-needed': { status: 403, title: 'Somebody else must approve this' },
  'link-forbidden': { status: 403, title: 'The access token is for another link' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'too-slow': { status: 408, title: 'The request did not arrive in time' },
  'illegal-transition': { status: 409, title: 'The status cannot change like this' },
  'already-known': { status: 409, title: 'The enterprise is already known' },
  'change-pending': { status: 409, title: 'A later change is already decided' },
  'correction-unknown': { status: 409, title: 'The version to correct does not exist' },
  'stale-version': { status: 409, title: 'The subject has another version by now' },
  superseded: { status: 409, title: 'A greater version exists' },
  conflict: { status: 409, title: 'The state does not allow this now' },
  'cursor-superseded': { status: 410, title: 'The cursor is of an earlier history' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'invalid-message': { status: 422, title: 'The message breaks the contract' },
  'consent-missing': { status: 422, title: 'The consent of the enterprise is missing' },
  'link-missing': { status: 422, title: 'The link is missing' },
  'link-unknown': { status: 422, title: 'There is no such link' },
  'batch-refused': { status: 422, title: 'Another message of the batch was refused' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used for another request' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The header of the request is too large' },
  internal: { status: 500, title: 'The gateway failed' },
  'outcome-unknown': { status: 503, title: 'The outcome is unknown' },
  unavailable: { status: 503, title: 'The gateway cannot do this now' },
  'link-comparing': { status: 503, title: 'The link is being compared with the partner' },
  'link-recovering': { status: 503, title: 'The link waits for its recovery' },
  'partner-away': { status: 503, title: 'The partner does not answer as it should' },
  'link-halted': { status: 503, title: 'The link is halted' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** RFC 9457, section 3.1.1. */
export function problemType(code: ProblemCode): string {
  return `urn:mra-gateway:problem:${code}`;
}
