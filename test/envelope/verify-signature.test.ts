import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactSign, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { ALGORITHMS } from '../../src/envelope/algorithms.ts';
import { verifySignature } from '../../src/envelope/verify-signature.ts';

const payload = new TextEncoder().encode('{"iss":"https://mra.customs.example"}');

test.each(ALGORITHMS)(
  '%s: what a JOSE library signs verifies, and with one bit turned it does not',
  async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const jws = await new CompactSign(payload).setProtectedHeader({ alg }).sign(privateKey);
    const end = jws.lastIndexOf('.');
    const signed = Buffer.from(jws.slice(0, end));
    const signature = Buffer.from(jws.slice(end + 1), 'base64url');
    expect(await verifySignature(signed, signature, alg, publicKey)).toBe(true);
    for (const bytes of [signed, signature]) {
      bytes[7] = (bytes[7] ?? 0) ^ 1;
      expect(await verifySignature(signed, signature, alg, publicKey)).toBe(false);
      bytes[7] ^= 1;
    }
  },
);

test('an ECDSA signature in DER is none, nor is one that is too short, too long, or zero', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = (publicKey as KeyObject).toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  const signed = Buffer.from('header.payload');
  const signer = createSign('sha256').update(signed);
  const der = signer.sign({ key: privateKey, dsaEncoding: 'der' });
  const raw = createSign('sha256').update(signed).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' });
  expect(await verifySignature(signed, raw, 'ES256', key)).toBe(true);
  const none = [
    der,
    raw.subarray(1),
    Buffer.concat([raw, Buffer.of(0)]),
    Buffer.alloc(64),
    Buffer.alloc(64, 0xff),
  ];
  for (const signature of none) expect(await verifySignature(signed, signature, 'ES256', key)).toBe(false);
});
