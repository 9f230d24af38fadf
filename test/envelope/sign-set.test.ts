import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '../../src/envelope/algorithms.ts';
import { GATEWAY_TYPES, VERSIONED_TYPES } from '../../src/envelope/event-types.ts';
import { readStoredSet } from '../../src/envelope/read-set.ts';
import { SetError } from '../../src/envelope/set-error.ts';
import { signSet } from '../../src/envelope/sign-set.ts';
import { verifySet } from '../../src/envelope/verify-set.ts';
import { audience, content, createKeyPair, issuer, policyOf } from './forge-set.ts';

describe('a SET that is signed', () => {
  it('has the header and the claims of the profile and nothing else', async () => {
    const { signer } = await createKeyPair();
    const { jws } = await signSet(content, signer);
    const [header, claims] = jws.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(header).toBe('{"alg":"ES256","kid":"cn-2026-11","typ":"secevent+jwt"}');
    expect(claims).toBe(
      `{"iss":"${issuer}","aud":"${audience}","jti":"${content.jti}","iat":${content.iat},"toe":${content.toe},` +
        `"txn":"${content.txn}","sub_id":{"format":"opaque","id":"CN4403960A1B"},` +
        '"events":{"urn:mra-gateway:event:certification-change:v1":{"version":7,"data":{"change":"suspended"}}}}',
    );
  });

  it('is hashed over the ASCII bytes of the compact JWS', async () => {
    const { signer, verification } = await createKeyPair();
    const { jws, sha256 } = await signSet(content, signer);
    expect(sha256).toEqual(createHash('sha256').update(Buffer.from(jws, 'ascii')).digest());
    expect((await verifySet(jws, policyOf([verification]))).sha256).toEqual(sha256);
  });

  it.each(GATEWAY_TYPES)('can be a %s: subject gateway, no version', async (type) => {
    const { signer, verification } = await createKeyPair();
    const data = { receipts: [] };
    const { jws } = await signSet({ ...content, subject: 'gateway', event: { type, data } }, signer);
    const set = await verifySet(jws, policyOf([verification]));
    expect({ subject: set.subject, event: set.event }).toEqual({ subject: 'gateway', event: { type, data } });
    expect(readStoredSet(jws).event).toEqual({ type, data });
  });
});

const subject = fc.stringMatching(/^(CN|US)[0-9A-Z]{1,17}$/);
const plain = fc.jsonValue().filter((value) => isExact(value));
const message = fc.record(
  {
    subject,
    type: fc.constantFrom(...VERSIONED_TYPES),
    version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    data: plain,
    txn: fc.stringMatching(/^[A-Z0-9-]{1,40}$/),
    toe: fc.integer({ min: 0, max: 4_000_000_000 }),
  },
  { requiredKeys: ['subject', 'type', 'version', 'data'] },
);

describe.each(ALGORITHMS)('for every SET signed with %s', (alg) => {
  it('what is verified, and what is read back, is what was signed', async () => {
    const { signer, verification } = await createKeyPair(alg);
    const policy = policyOf([verification], { algorithms: [alg] });
    await fc.assert(
      fc.asyncProperty(message, async ({ type, version, data, ...rest }) => {
        const { iss, aud, jti, iat } = content;
        const { jws, sha256 } = await signSet(
          { iss, aud, jti, iat, ...rest, event: { type, version, data } },
          signer,
        );
        const said = { jti, iat, ...rest, event: { type, version, data }, kid: signer.kid };
        expect(await verifySet(jws, policy)).toEqual({ ...said, jws, sha256 });
        expect(readStoredSet(jws)).toEqual({ ...said, alg, iss, aud });
      }),
      { numRuns: 40 },
    );
  });

  it('one changed byte never verifies', async () => {
    const { signer, verification } = await createKeyPair(alg);
    const policy = policyOf([verification], { algorithms: [alg] });
    const { jws } = await signSet(content, signer);
    const place = fc.nat({ max: jws.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 127 }), async (at, flip) => {
        const changed = jws.slice(0, at) + String.fromCharCode(jws.charCodeAt(at) ^ flip) + jws.slice(at + 1);
        await expect(verifySet(changed, policy)).rejects.toThrow(SetError);
      }),
      { numRuns: 300 },
    );
  });
});

/** Of all JSON values those that strict JSON lets through. */
function isExact(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isExact(member));
}
