import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, errors } from 'jose';
import { SET_BYTES_MAX } from './compact-jws.ts';
import { SetError } from './set-error.ts';

/** RFC 7518, 4.6: a fresh key agreement for each SET, which wraps a key of its own. */
const ALG = 'ECDH-ES+A256KW';
/** RFC 7518, 5.3. */
const ENC = 'A256GCM';

/** A public key of the partner's that SETs to it are encrypted to. */
export interface EncryptionKey {
  kid: string;
  key: CryptoKey;
  thumbprint: string;
  notBefore?: Date;
  notAfter?: Date;
}

/** Private keys of ours that SETs to us are decrypted with, by kid. */
export type DecryptionKeys = ReadonlyMap<string, CryptoKey>;

/** A sealed SET is a third longer than the SET, and has a header with a key in it. */
export const SEALED_BYTES_MAX = Math.ceil((SET_BYTES_MAX * 4) / 3) + 2_048;

const encoder = new TextEncoder();
const decoder = new TextDecoder('latin1');

/**
 * Encrypts a signed SET to the partner (protocol.md 1): made anew for each attempt and never stored. What counts, for
 * hashes, receipts and records, is the JWS inside.
 */
export function sealSet(jws: string, { kid, key }: EncryptionKey): Promise<string> {
  return new CompactEncrypt(encoder.encode(jws))
    .setProtectedHeader({ alg: ALG, enc: ENC, kid, cty: 'secevent+jwt' })
    .encrypt(key);
}

/** A compact JWE has five segments, a compact JWS three. */
export function isSealed(text: string): boolean {
  let dots = 0;
  for (let at = text.indexOf('.'); at !== -1 && dots <= 4; at = text.indexOf('.', at + 1)) dots++;
  return dots === 4;
}

/**
 * Decrypts a sealed SET. That it opens says nothing of who sent it: anyone has our public key. The signature inside
 * is checked next.
 *
 * @throws {SetError} where it is not sealed as this profile has it, or to a key that is not ours
 */
export async function openSet(jwe: string, keys: DecryptionKeys): Promise<string> {
  const key = keyOf(jwe, keys);
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: [ALG],
      contentEncryptionAlgorithms: [ENC],
    });
    return decoder.decode(plaintext);
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    throw new SetError('invalid_set', 'the SET is not encrypted as this link has it, or was altered', {
      cause,
    });
  }
}

function keyOf(jwe: string, keys: DecryptionKeys): CryptoKey {
  let kid: unknown;
  try {
    kid = decodeProtectedHeader(jwe).kid;
  } catch (cause) {
    throw new SetError('invalid_set', 'the header of the encrypted SET cannot be read', { cause });
  }
  const key = typeof kid === 'string' ? keys.get(kid) : undefined;
  if (!key) throw new SetError('invalid_key', 'the SET is encrypted to a key that is not ours (any more)');
  return key;
}

/**
 * The key to encrypt to now: of those that are valid, the one that became so last. A partner that hands over a new
 * one is so written to with it at once, and can still open what is under way.
 */
export function currentEncryptionKey(keys: readonly EncryptionKey[], now: Date): EncryptionKey | undefined {
  return keys
    .filter(({ notBefore, notAfter }) => (!notBefore || notBefore <= now) && (!notAfter || notAfter > now))
    .toSorted((a, b) => (b.notBefore?.getTime() ?? 0) - (a.notBefore?.getTime() ?? 0))[0];
}
