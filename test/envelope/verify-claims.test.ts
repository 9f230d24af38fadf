import { describe, expect, it } from 'vitest';
import { signSet } from '../../src/envelope/sign-set.ts';
import { type VerificationPolicy, verifySet } from '../../src/envelope/verify-set.ts';
import {
  audience,
  claimsWith,
  content,
  createKeyPair,
  fault,
  forge,
  issuer,
  policyOf,
  refusalOf,
} from './forge-set.ts';

const { signer, verification } = await createKeyPair();
const policy = policyOf([verification]);
const good = (await signSet(content, signer)).jws;

const refusal = (jws: string, members: Partial<VerificationPolicy> = {}) =>
  refusalOf(jws, { ...policy, ...members });
const refusalOfClaims = async (members: Record<string, unknown>) =>
  refusal(await forge(signer, { payload: claimsWith(members) }));

const uri = 'urn:mra-gateway:event:certification-change:v1';
const events = (event: unknown) => ({ events: { [uri]: event } });

describe('the payload is strict JSON', () => {
  it('UTF-8, one object, no repeated members, bounded', async () => {
    const payloads: [string | Uint8Array, RegExp][] = [
      [Buffer.from([0x7b, 0xff, 0x7d]), /not UTF-8/],
      ['not json', /not JSON/],
      ['[]', /not a JSON object/],
      ['null', /not a JSON object/],
      [
        JSON.stringify(claimsWith()).replace('{', '{"iss":"https://evil.example",'),
        /two members of one name/,
      ],
      [JSON.stringify(claimsWith()).replace('suspended', '\\ud800'), /surrogate/],
      [JSON.stringify(claimsWith({ deep: JSON.parse('['.repeat(32) + ']'.repeat(32)) })), /too deeply/],
      [JSON.stringify(claimsWith({ wide: new Array(50_000).fill(0) })), /too many/],
    ];
    for (const [payload, description] of payloads) {
      expect(await refusal(await forge(signer, { payload }))).toEqual(fault('invalid_set', description));
    }
  });
});

describe('the claims are the partner’s, for us, of now', () => {
  it('iss is this partner, to the letter', async () => {
    for (const iss of [audience, `${issuer}/`, issuer.toUpperCase(), [issuer], null, undefined]) {
      expect(await refusalOfClaims({ iss })).toEqual(fault('invalid_issuer', /iss/));
    }
  });

  it('aud is us and nobody else', async () => {
    for (const aud of [
      issuer,
      `${audience}/`,
      [audience, 'https://third.example'],
      [[audience]],
      [],
      null,
      undefined,
    ]) {
      expect(await refusalOfClaims({ aud })).toEqual(fault('invalid_audience', /aud/));
    }
    await verifySet(await forge(signer, { payload: claimsWith({ aud: [audience] }) }), policy);
  });

  it('iat is a time', async () => {
    for (const iat of ['1795449600', -1, 1e12, null, undefined]) {
      expect(await refusalOfClaims({ iat })).toEqual(fault('invalid_set', /iat is not a time/));
    }
  });

  it('iat is inside the validity of the key, whose bounds belong to it', async () => {
    const issued = content.iat * 1000;
    const valid = (members: object) => ({ keys: new Map([[signer.kid, { ...verification, ...members }]]) });
    expect(await refusal(good, valid({ notBefore: new Date(issued + 1) }))).toEqual(
      fault('invalid_key', /before/),
    );
    expect(await refusal(good, valid({ notAfter: new Date(issued - 1) }))).toEqual(
      fault('invalid_key', /after/),
    );
    await verifySet(good, {
      ...policy,
      ...valid({ notBefore: new Date(issued), notAfter: new Date(issued) }),
    });
  });

  it('iat is not ahead of our clock by more than the skew', async () => {
    const behind = (ms: number) => ({ now: new Date(content.iat * 1000 - ms) });
    expect(await refusal(good, behind(120_001))).toEqual(fault('invalid_set', /120 s ahead/));
    await verifySet(good, { ...policy, ...behind(120_000) });
  });

  it('iat is not further back than the retention of the link', async () => {
    const late = (ms: number) => ({ now: new Date(content.iat * 1000 + policy.retentionMs + ms) });
    expect(await refusal(good, late(1))).toEqual(fault('invalid_set', /retention/));
    await verifySet(good, { ...policy, ...late(0) });
  });

  it('jti is a UUIDv7 in its canonical spelling', async () => {
    const ids = [
      content.jti.toUpperCase(),
      content.jti.replaceAll('-', ''),
      `{${content.jti}}`,
      content.jti.replace('-7abc', '-4abc'),
      content.jti.replace('-8def', '-cdef'),
      'CASE-1',
      7,
      undefined,
    ];
    for (const jti of ids) expect(await refusalOfClaims({ jti })).toEqual(fault('invalid_set', /UUIDv7/));
  });

  it('the time in jti is within a day of iat', async () => {
    const id = (ms: number) => {
      const hex = ms.toString(16).padStart(12, '0');
      return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8def-0123456789ab`;
    };
    const day = 86_400_000;
    const issued = content.iat * 1000;
    for (const ms of [issued - day - 1, issued + day + 1]) {
      expect(await refusalOfClaims({ jti: id(ms) })).toEqual(fault('invalid_set', /more than a day/));
    }
    for (const ms of [issued - day, issued + day]) {
      await verifySet(await forge(signer, { payload: claimsWith({ jti: id(ms) }) }), policy);
    }
  });

  it('there is no sub and no exp', async () => {
    expect(await refusalOfClaims({ sub: 'CN4403960A1B' })).toEqual(fault('invalid_set', /sub is not used/));
    expect(await refusalOfClaims({ exp: content.iat + 60 })).toEqual(fault('invalid_set', /exp is not used/));
  });

  it('toe is a time, txn is short and printable', async () => {
    for (const toe of ['2026-11-23', -1, null, 1e12]) {
      expect(await refusalOfClaims({ toe })).toEqual(fault('invalid_set', /toe/));
    }
    for (const txn of ['', 'x'.repeat(129), 'a\nb', 'a\u0000', 5, null]) {
      expect(await refusalOfClaims({ txn })).toEqual(fault('invalid_set', /txn/));
    }
  });

  it('sub_id is opaque and names a subject of at most 64 characters', async () => {
    for (const sub_id of [undefined, null, 'x', [], { id: 'x' }, { format: 'email', email: 'a@b.example' }]) {
      expect(await refusalOfClaims({ sub_id })).toEqual(fault('invalid_set', /opaque/));
    }
    for (const id of ['', 'x'.repeat(65), 'a\tb', 5, undefined]) {
      expect(await refusalOfClaims({ sub_id: { format: 'opaque', id } })).toEqual(
        fault('invalid_set', /sub_id\.id/),
      );
    }
  });

  it('claims that are not known are ignored', async () => {
    const payload = JSON.stringify(claimsWith({ nbf: 'x', 'https://third.example/': {} })).replace(
      '{',
      '{"__proto__":{"exp":1,"sub":"x"},"constructor":1,',
    );
    const set = await verifySet(await forge(signer, { payload }), policy);
    expect(set.jti).toBe(content.jti);
  });
});

describe('there is exactly one event, of a kind that can be told', () => {
  it('one event', async () => {
    const event = { version: 1, data: {} };
    const two = { [uri]: event, 'urn:mra-gateway:event:receipt:v1': event };
    for (const wrong of [undefined, null, [], [event], {}, two]) {
      expect(await refusalOfClaims({ events: wrong })).toEqual(fault('invalid_set', /exactly one/));
    }
  });

  it('its URI is one of ours', async () => {
    const uris = [
      'https://schemas.openid.net/secevent/risc/event-type/account-disabled',
      'urn:mra-gateway:event:certification-change',
      'urn:mra-gateway:event:certification-change:v2',
      'urn:mra-gateway:event:Certification:v1',
      'urn:mra-gateway:event::v1',
      ` ${uri}`,
      `${uri}\n`,
    ];
    for (const name of uris) {
      expect(await refusalOfClaims({ events: { [name]: {} } })).toEqual(fault('invalid_set', /URI/));
    }
    const proto = JSON.stringify(claimsWith({ events: 0 })).replace(
      '"events":0',
      '"events":{"__proto__":{"data":{}}}',
    );
    expect(await refusal(await forge(signer, { payload: proto }))).toEqual(fault('invalid_set', /URI/));
  });

  it('it is an object', async () => {
    for (const event of [null, [], 'x', 1]) {
      expect(await refusalOfClaims(events(event))).toEqual(
        fault('invalid_set', /event is not a JSON object/),
      );
    }
  });

  it('its version is a whole number from 1', async () => {
    for (const version of [0, -1, 1.5, '7', null, true]) {
      expect(await refusalOfClaims(events({ version, data: {} }))).toEqual(fault('invalid_set', /version/));
    }
  });

  it('the subject of the gateways’ own messages is gateway, and of no other', async () => {
    const receipt = { events: { 'urn:mra-gateway:event:receipt:v1': { data: {} } } };
    expect(await refusalOfClaims(receipt)).toEqual(fault('invalid_set', /receipt is not gateway/));
    expect(await refusalOfClaims({ sub_id: { format: 'opaque', id: 'gateway' } })).toEqual(
      fault('invalid_set', /is gateway/),
    );
  });

  it('a type that is not known is left to the contract, and so is what an event lacks', async () => {
    const unknown = { events: { 'urn:mra-gateway:event:validation-plan:v1': { version: 2, data: [1] } } };
    const set = await verifySet(await forge(signer, { payload: claimsWith(unknown) }), policy);
    expect(set.event).toEqual({ type: 'validation-plan', version: 2, data: [1] });
    const bare = await verifySet(await forge(signer, { payload: claimsWith(events({})) }), policy);
    expect(bare.event).toEqual({ type: 'certification-change', data: undefined });
  });

  it('the ping is the verification event of SSF, whatever its stream is called', async () => {
    const ping = {
      sub_id: { format: 'opaque', id: 'stream-1' },
      events: { 'https://schemas.openid.net/secevent/ssf/event-type/verification': { state: 'abc' } },
    };
    const set = await verifySet(await forge(signer, { payload: claimsWith(ping) }), policy);
    expect(set.event).toEqual({ type: 'verification', data: { state: 'abc' } });
  });
});
