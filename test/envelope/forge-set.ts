import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { expect } from 'vitest';
import type { Algorithm } from '../../src/envelope/algorithms.ts';
import { eventUri } from '../../src/envelope/event-types.ts';
import { SetError } from '../../src/envelope/set-error.ts';
import type { SetContent, Signer } from '../../src/envelope/sign-set.ts';
import type { VerificationKey } from '../../src/envelope/verification-keys.ts';
import { type VerificationPolicy, verifySet } from '../../src/envelope/verify-set.ts';

/** The moment at which all SETs of these tests arrive. */
export const now = new Date('2026-11-23T08:00:10.000Z');
export const issuer = 'https://mra.customs.example';
export const audience = 'https://mra.cbp.example';

/** A signer whose key is here, for signatures that no signer would make. */
export type LocalSigner = Signer & { key: CryptoKey };

export interface KeyPair {
  signer: LocalSigner;
  verification: VerificationKey;
}

export async function createKeyPair(alg: Algorithm = 'ES256', kid = 'cn-2026-11'): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const thumbprint = await calculateJwkThumbprint(await exportJWK(publicKey));
  return {
    signer: { kid, alg, thumbprint, key: privateKey },
    verification: { kid, alg, key: publicKey, thumbprint },
  };
}

export function policyOf(
  keys: readonly VerificationKey[],
  members: Partial<VerificationPolicy> = {},
): VerificationPolicy {
  return {
    now,
    skewMs: 120_000,
    retentionMs: 90 * 86_400_000,
    issuer,
    audience,
    algorithms: ['ES256'],
    keys: new Map(keys.map((key) => [key.kid, key])),
    ...members,
  };
}

/** The canonical example of protocol.md 1, ten seconds before `now`. */
export const content = {
  iss: issuer,
  aud: audience,
  jti: '01a2076b-4400-7abc-8def-0123456789ab',
  iat: now.getTime() / 1000 - 10,
  toe: 1795446000,
  txn: 'CASE-2026-000123',
  subject: 'CN4403960A1B',
  event: { type: 'certification-change', version: 7, data: { change: 'suspended' } },
} satisfies SetContent;

/** The claims of `content` on the wire, with members replaced, or left out where they are undefined. */
export function claimsWith(members: Record<string, unknown> = {}): Record<string, unknown> {
  const { iss, aud, jti, iat, toe, txn, subject, event } = content;
  const { type, version, data } = event;
  const sub_id = { format: 'opaque', id: subject };
  return {
    iss,
    aud,
    jti,
    iat,
    toe,
    txn,
    sub_id,
    events: { [eventUri(type)]: { version, data } },
    ...members,
  };
}

/** A JWS over any header and payload, signed with ES256 whatever the header says. */
export async function forge(
  signer: LocalSigner,
  {
    header = {},
    payload = claimsWith(),
  }: { header?: object | string; payload?: object | string | Uint8Array } = {},
): Promise<string> {
  const full =
    typeof header === 'string' ? header : { alg: 'ES256', kid: signer.kid, typ: 'secevent+jwt', ...header };
  const input = `${segment(full)}.${segment(payload)}`;
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    signer.key,
    Buffer.from(input),
  );
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

function segment(value: object | string | Uint8Array): string {
  const bytes =
    value instanceof Uint8Array ? value : typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(bytes).toString('base64url');
}

/** What the partner would be told of a SET, if it is refused. */
export async function refusalOf(
  jws: string,
  policy: VerificationPolicy,
): Promise<{ code: string; description: string }> {
  try {
    await verifySet(jws, policy);
  } catch (error) {
    if (error instanceof SetError) return { code: error.code, description: error.description };
    throw error;
  }
  throw new Error('was verified');
}

/** Matches a refusal by its code and a part of its description. */
export function fault(code: string, description: RegExp) {
  return { code, description: expect.stringMatching(description) };
}
