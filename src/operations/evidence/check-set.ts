import { hash } from 'node:crypto';
import { importJWK } from 'jose';
import { type Algorithm, isAlgorithm } from '../../envelope/algorithms.ts';
import { splitCompact } from '../../envelope/compact-jws.ts';
import { verifySignature } from '../../envelope/verify-signature.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { Link } from '../../links/link.ts';

/** A SET as it is on record, decoded. */
export interface DecodedSet {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  jws: string;
  bytes: number;
}

export interface CheckedSignature {
  /** Null where the key is not known here (any more). */
  ok: boolean | null;
  kid: string | null;
  alg: string | null;
  thumbprint: string | null;
  error: string | null;
}

export interface EvidenceKeys {
  keyRing: KeyRing;
  links: ReadonlyMap<string, Pick<Link, 'keys'>>;
}

/** @throws where the bytes on record are no compact JWS */
export function decodeSet(jws: string): DecodedSet {
  const { protectedHeader, payload } = splitCompact(jws);
  const read = (segment: string) =>
    JSON.parse(Buffer.from(segment, 'base64url').toString()) as Record<string, unknown>;
  return { header: read(protectedHeader), claims: read(payload), jws, bytes: jws.length };
}

/** Verifies the signature again, with the key that `kid` names now: ours for what we sent, the partner's for what came. */
export async function checkSignature(
  keys: EvidenceKeys,
  link: string,
  direction: 'out' | 'in',
  { jws, header }: DecodedSet,
): Promise<CheckedSignature> {
  const kid = typeof header.kid === 'string' ? header.kid : null;
  const found = kid === null ? undefined : await findKey(keys, link, direction, kid);
  const alg = typeof header.alg === 'string' ? header.alg : null;
  const signature = { kid, alg, thumbprint: found?.thumbprint ?? null };
  if (!found) return { ...signature, ok: null, error: `the key ${kid} is not known here (any more)` };
  if (found.alg !== alg) return { ...signature, ok: false, error: `the key ${kid} is not one for ${alg}` };
  const segment = splitCompact(jws).signature;
  const signed = Buffer.from(jws.slice(0, -segment.length - 1), 'latin1');
  const ok = await verifySignature(signed, Buffer.from(segment, 'base64url'), found.alg, found.key);
  return { ...signature, ok, error: ok ? null : `the signature is not that of the key ${kid}` };
}

async function findKey(
  { keyRing, links }: EvidenceKeys,
  link: string,
  direction: 'out' | 'in',
  kid: string,
): Promise<{ key: CryptoKey; alg: Algorithm; thumbprint: string } | undefined> {
  if (direction === 'in') return links.get(link)?.keys.get(kid);
  const own = keyRing.keys.find((key) => key.kid === kid);
  if (!own || !isAlgorithm(own.alg)) return undefined;
  const key = await importJWK(own.publicJwk, own.alg);
  return key instanceof CryptoKey ? { key, alg: own.alg, thumbprint: own.thumbprint } : undefined;
}

export function hashOf(jws: string): Buffer {
  return hash('sha256', jws, 'buffer');
}
