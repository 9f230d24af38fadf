import { isMessageId, uuidTime } from './message-id.ts';
import { SetError } from './set-error.ts';
import type { VerificationKey } from './verification-keys.ts';

export interface ClaimsPolicy {
  now: Date;
  /** How far the partner's clock may be ahead of ours, milliseconds. */
  skewMs: number;
  /** How old `iat` may be, milliseconds: the link's retention. */
  retentionMs: number;
  /** The partner's `iss`. */
  issuer: string;
  /** Our own issuer: the `aud` of what is for us. */
  audience: string;
}

export interface CheckedClaims {
  jti: string;
  iat: number;
  toe?: number;
  txn?: string;
  subject: string;
}

/** A message id's time is drawn when the message is signed; both clocks are the sender's. */
const ID_TIME_TOLERANCE_MS = 24 * 60 * 60 * 1000;
/** `data` names enterprises and validations of at most 40 characters; other software may name more. */
export const SUBJECT_LENGTH_MAX = 64;
export const TXN_LENGTH_MAX = 128;
/** The end of the year 9999, seconds: the last that ISO 8601 writes with four digits. */
const SECONDS_MAX = 253_402_300_799;

const printable = /^[^\p{Cc}\p{Cs}]+$/u;

/** Checks the claims of a payload whose signature was verified, in the order of protocol.md 2.1. */
export function checkClaims(
  claims: Record<string, unknown>,
  key: VerificationKey,
  policy: ClaimsPolicy,
): CheckedClaims {
  checkIssuer(claims.iss, policy.issuer);
  checkAudience(claims.aud, policy.audience);
  const iat = checkIssuedAt(claims.iat, key, policy);
  const jti = checkId(claims.jti, iat);
  if ('sub' in claims) throw new SetError('invalid_set', 'the claim sub is not used; the subject is sub_id');
  if ('exp' in claims)
    throw new SetError('invalid_set', 'the claim exp is not used: an event does not expire');
  const toe = claims.toe === undefined ? {} : { toe: numericDate(claims.toe, 'toe') };
  const txn = claims.txn === undefined ? {} : { txn: checkTxn(claims.txn) };
  return { jti, iat, ...toe, ...txn, subject: checkSubject(claims.sub_id) };
}

/** Literally: no case folding, no normalisation of addresses. */
function checkIssuer(iss: unknown, partner: string): void {
  if (iss !== partner) throw new SetError('invalid_issuer', "the claim iss is not this link's partner");
}

/** A string, or an array of just that one: a SET on a link is for one receiver (RFC 8417 allows more). */
function checkAudience(aud: unknown, us: string): void {
  const only = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (only !== us) throw new SetError('invalid_audience', 'the claim aud is not this gateway');
}

function checkIssuedAt(claim: unknown, key: VerificationKey, policy: ClaimsPolicy): number {
  const iat = numericDate(claim, 'iat');
  const issuedMs = iat * 1000;
  if (key.notBefore && issuedMs < key.notBefore.getTime()) {
    throw new SetError('invalid_key', 'the claim iat is before the key became valid');
  }
  if (key.notAfter && issuedMs > key.notAfter.getTime()) {
    throw new SetError('invalid_key', 'the claim iat is after the key ceased to be valid');
  }
  const nowMs = policy.now.getTime();
  if (issuedMs > nowMs + policy.skewMs) {
    throw new SetError(
      'invalid_set',
      `the claim iat is more than ${policy.skewMs / 1000} s ahead of this gateway's clock`,
    );
  }
  if (issuedMs < nowMs - policy.retentionMs) {
    throw new SetError('invalid_set', "the claim iat is further back than this link's retention");
  }
  return iat;
}

function checkId(jti: unknown, iat: number): string {
  if (!isMessageId(jti)) throw new SetError('invalid_set', 'the claim jti is not a UUIDv7 in lower case');
  if (Math.abs(uuidTime(jti) - iat * 1000) > ID_TIME_TOLERANCE_MS) {
    throw new SetError('invalid_set', 'the time in jti is more than a day from iat');
  }
  return jti;
}

function checkTxn(txn: unknown): string {
  if (typeof txn !== 'string' || txn.length > TXN_LENGTH_MAX || !printable.test(txn)) {
    throw new SetError('invalid_set', `the claim txn is not 1 to ${TXN_LENGTH_MAX} printable characters`);
  }
  return txn;
}

function checkSubject(subId: unknown): string {
  const { format, id } =
    typeof subId === 'object' && subId !== null ? (subId as Record<string, unknown>) : {};
  if (format !== 'opaque') throw new SetError('invalid_set', 'the claim sub_id is not of the format opaque');
  if (typeof id !== 'string' || id.length > SUBJECT_LENGTH_MAX || !printable.test(id)) {
    throw new SetError('invalid_set', `sub_id.id is not 1 to ${SUBJECT_LENGTH_MAX} printable characters`);
  }
  return id;
}

/** RFC 7519 NumericDate: seconds, a fraction allowed. */
function numericDate(claim: unknown, name: string): number {
  if (typeof claim !== 'number' || claim < 0 || claim > SECONDS_MAX) {
    throw new SetError('invalid_set', `the claim ${name} is not a time in seconds since 1970`);
  }
  return claim;
}
