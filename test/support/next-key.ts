import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { OwnKey } from '../../src/keys/key-ring.ts';
import type { Side } from './pair.ts';

const YEAR_MS = 365 * 86_400_000;

/** A key of a side's own beside those it has, in its ring, not announced to anybody. */
export async function makeNextKey(
  side: Side,
  kid: string,
  alg: 'ES256' | 'ES384' = 'ES256',
): Promise<OwnKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  const jwk = await exportJWK(publicKey);
  const key: OwnKey = {
    kid,
    alg,
    thumbprint: await calculateJwkThumbprint(jwk),
    key: privateKey,
    publicJwk: { ...jwk, kid, alg, nbf: notBefore.getTime() / 1000 },
    notBefore,
    notAfter: new Date(notBefore.getTime() + YEAR_MS),
  };
  const keys = [...side.keyRing.keys, key];
  Object.assign(side.keyRing, { keys, signer: (name: string) => keys.find((own) => own.kid === name) });
  return key;
}
