import { hash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { SetError } from '../envelope/set-error.ts';
import { type Signer, signSet } from '../envelope/sign-set.ts';
import { type VerificationPolicy, verifySet } from '../envelope/verify-set.ts';

/** A proof is made for one request; a clock may be off by the link's skew besides. */
const PROOF_AGE_MS_MAX = 300_000;

/**
 * What shows who asks for the ledger: a verification event (the ping's) of the caller's, whose state is the hash of
 * the request. TLS shows the same once it is there; this holds without it, and says it with the key of the messages.
 *
 * @returns the value of `Authorization`
 */
export async function proveCaller(
  issuer: string,
  audience: string,
  signer: Signer,
  path: string,
  body: string,
): Promise<string> {
  const { jws } = await signSet(
    {
      iss: issuer,
      aud: audience,
      jti: uuidv7(),
      iat: Math.floor(Date.now() / 1000),
      subject: 'gateway',
      event: { type: 'verification', data: { state: stateOf(path, body) } },
    },
    signer,
  );
  return `Bearer ${jws}`;
}

/** @returns the SET of an `Authorization` header, if it has one; not verified */
export function claimedProof(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/**
 * Whether a proof is the partner's, for this request, and of now.
 *
 * @throws {SetError}
 */
export async function checkCaller(
  jws: string | undefined,
  policy: VerificationPolicy,
  path: string,
  body: string | Buffer,
): Promise<void> {
  if (jws === undefined) {
    throw new SetError('authentication_failed', 'Authorization must bear a verification SET of the caller');
  }
  const set = await verifySet(jws, { ...policy, retentionMs: PROOF_AGE_MS_MAX + policy.skewMs });
  const state = isJsonObject(set.event.data) ? set.event.data.state : undefined;
  if (set.event.type !== 'verification' || state !== stateOf(path, body)) {
    throw new SetError('authentication_failed', 'the SET in Authorization is not for this request');
  }
}

function stateOf(path: string, body: string | Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(`POST ${path}\n`), Buffer.from(body)]), 'base64url');
}
