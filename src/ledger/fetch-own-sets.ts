import { importJWK } from 'jose';
import { ALGORITHMS } from '../envelope/algorithms.ts';
import { SetError } from '../envelope/set-error.ts';
import type { VerificationKey } from '../envelope/verification-keys.ts';
import { type VerificationPolicy, type VerifiedSet, verifySets } from '../envelope/verify-set.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import type { PartnerLedger } from './ask-partner.ts';
import { LedgerError } from './ledger-error.ts';
import type { HeldMessage } from './read-lists.ts';

/** A message of ours that came back from the partner, with what the partner made of it. */
export interface ReturnedMessage {
  set: VerifiedSet;
  held: HeldMessage;
}

/** SETs of one request to the partner. */
const SETS_PER_REQUEST = 500;

/** What we believe of a SET that claims to be ours: the partner's policy, seen from the other side. */
export async function ownPolicy(
  keyRing: KeyRing,
  link: Link,
  issuer: string,
  now: Date,
): Promise<VerificationPolicy> {
  const keys = await Promise.all(
    keyRing.keys.map(async ({ kid, alg, thumbprint, publicJwk, notBefore, notAfter }) => {
      const key = await importJWK({ ...publicJwk, alg }, alg);
      if (!(key instanceof CryptoKey)) throw new Error(`the key ${kid} has no public part`);
      const verification: VerificationKey = {
        kid,
        alg,
        key,
        thumbprint,
        notBefore,
        ...(notAfter && { notAfter }),
      };
      return [kid, verification] as const;
    }),
  );
  return {
    now,
    skewMs: link.skewMs,
    // Its age was no obstacle when it was sent; the span that is compared bounds it.
    retentionMs: link.retentionMs * 2,
    issuer,
    audience: link.issuer,
    algorithms: ALGORITHMS,
    keys: new Map(keys),
  };
}

/**
 * Fetches messages of ours from the partner and verifies that we signed them, in groups of at most 500.
 *
 * @throws {LedgerError} `foreign-set` where one does not verify, or is not the one that was listed
 */
export async function* fetchOwnSets(
  ledger: PartnerLedger,
  policy: VerificationPolicy,
  wanted: readonly HeldMessage[],
): AsyncGenerator<{ returned: ReturnedMessage[]; erased: HeldMessage[] }> {
  let left = [...wanted];
  while (left.length > 0) {
    const asked = left.slice(0, SETS_PER_REQUEST);
    const sets = await ledger.sets(asked.map((held) => held.jti));
    const given = asked.filter(({ jti }) => sets.has(jti));
    if (given.length === 0) {
      throw new LedgerError(
        'partner-malformed',
        'the partner lists messages of ours and does not give them back',
      );
    }
    const erased = given.filter(({ jti }) => sets.get(jti) === null);
    const whole = given.filter(({ jti }) => sets.get(jti) !== null);
    yield { returned: await verifyOwn(whole, sets, policy), erased };
    const done = new Set(given);
    left = left.filter((held) => !done.has(held));
  }
}

async function verifyOwn(
  held: readonly HeldMessage[],
  sets: ReadonlyMap<string, string | null>,
  policy: VerificationPolicy,
): Promise<ReturnedMessage[]> {
  const results = await verifySets(
    held.map(({ jti }) => sets.get(jti) ?? ''),
    policy,
  );
  return held.map((listed, n) => {
    const set = results[n];
    if (!set || set instanceof SetError) {
      const reason = set instanceof SetError ? set.message : 'no answer';
      throw foreign(listed.jti, reason);
    }
    if (set.jti !== listed.jti || !set.sha256.equals(listed.sha256)) {
      throw foreign(listed.jti, 'it is another one than was listed');
    }
    return { set, held: listed };
  });
}

function foreign(id: string, reason: string): LedgerError {
  return new LedgerError(
    'foreign-set',
    `the partner gave back message ${id} as ours, and it is not: ${reason}. Nothing of it was taken.`,
  );
}
