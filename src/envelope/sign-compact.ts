import { sign } from 'node:crypto';
import type { Algorithm } from './algorithms.ts';
import { isRemoteKey, type RemoteKey, RemoteKeyError } from './remote-key.ts';
import { keyObjectOf, signatureSchemes } from './signature-schemes.ts';

/** A JWS protected header with what each of ours has; members in the order in which they are written. */
export interface CompactHeader {
  alg: Algorithm;
  kid?: string;
  typ: string;
}

/**
 * A compact JWS (RFC 7515, 3.1) over the UTF-8 of a payload, signed here or where the key is.
 *
 * @throws RemoteKeyError where a key that is elsewhere does not sign
 */
export async function signCompact(
  header: CompactHeader,
  payload: string,
  key: CryptoKey | RemoteKey,
): Promise<string> {
  const input = `${segment(JSON.stringify(header))}.${segment(payload)}`;
  const bytes = Buffer.from(input, 'latin1');
  const signature = isRemoteKey(key)
    ? await signElsewhere(bytes, key)
    : await makeSignature(bytes, header.alg, key);
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

async function signElsewhere(input: Uint8Array, key: RemoteKey): Promise<Uint8Array> {
  try {
    return await key.sign(input);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new RemoteKeyError(`the key that signs is not in this process and does not answer: ${said}`, {
      cause,
    });
  }
}

function segment(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** On the thread pool, by Node's own call, as verifySignature verifies. */
async function makeSignature(input: Uint8Array, alg: Algorithm, key: CryptoKey): Promise<Uint8Array> {
  const { hash, options } = signatureSchemes[alg];
  return new Promise((resolve, reject) => {
    sign(hash, input, { key: keyObjectOf(key), ...options }, (error, signature) =>
      error ? reject(error) : resolve(signature),
    );
  });
}
