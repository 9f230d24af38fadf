import { createHmac, hash } from 'node:crypto';
import { type PartnerSigner, signInput } from '../support/partner-keys.ts';
import type { SignatureKind } from './recipe.ts';

/** Order of the group of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const orderBytes = Buffer.from(ORDER.toString(16), 'hex');

/** A signature over `header.payload`, right or wrong in the way that the kind says. */
export async function signatureOf(
  kind: SignatureKind,
  input: string,
  payload: string,
  signer: PartnerSigner,
): Promise<Buffer> {
  const zeros = Buffer.alloc(32);
  const hmac = (secret: string) => createHmac('sha256', secret).update(input).digest();
  if (kind === 'empty') return Buffer.alloc(0);
  if (kind === 'hs256-pem') return hmac(signer.publicPem);
  if (kind === 'hs256-jwk') return hmac(JSON.stringify(signer.publicJwk));
  if (kind === 'hs256-nothing') return hmac('');
  if (kind === 'of-other-message') return signInput(hash('sha256', input, 'hex'), signer);
  if (kind === 'over-payload-alone') return signInput(payload, signer);
  const valid = await signInput(input, signer);
  const [r, s] = [valid.subarray(0, 32), valid.subarray(32)];
  switch (kind) {
    case 'valid':
      return valid;
    case 'high-s':
      return Buffer.concat([r, numberBytes(ORDER - BigInt(`0x${s.toString('hex')}`))]);
    case 'zero':
      return Buffer.alloc(64);
    case 'r-zero':
      return Buffer.concat([zeros, s]);
    case 's-zero':
      return Buffer.concat([r, zeros]);
    case 'r-order':
      return Buffer.concat([orderBytes, s]);
    case 's-order':
      return Buffer.concat([r, orderBytes]);
    case 'all-ones':
      return Buffer.alloc(64, 0xff);
    case 'der':
      return asDer(r, s);
    case 'flipped':
      valid[10] = (valid[10] ?? 0) ^ 1;
      return valid;
    case 'short':
      return valid.subarray(0, 63);
    case 'long':
      return Buffer.concat([valid, Buffer.from([0])]);
    case 'swapped':
      return Buffer.concat([s, r]);
  }
}

function numberBytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

/** SEQUENCE of two INTEGERs: what other formats put in place of r ‖ s. */
function asDer(r: Buffer, s: Buffer): Buffer {
  const integer = (bytes: Buffer) => {
    const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
    return Buffer.concat([Buffer.from([2, positive.length]), positive]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
