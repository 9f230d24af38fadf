import { createHmac } from 'node:crypto';
import { exportJWK, exportSPKI } from 'jose';
import { describe, expect, it } from 'vitest';
import { SetError } from '../../src/envelope/set-error.ts';
import { signSet } from '../../src/envelope/sign-set.ts';
import { type VerificationPolicy, verifySet, verifySets } from '../../src/envelope/verify-set.ts';
import { claimsWith, content, createKeyPair, fault, forge, now, policyOf, refusalOf } from './forge-set.ts';

const { signer, verification } = await createKeyPair();
const other = await createKeyPair('ES256', 'other');
const policy = policyOf([verification]);
const good = (await signSet(content, signer)).jws;
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.');

const refusal = (jws: string, members: Partial<VerificationPolicy> = {}) =>
  refusalOf(jws, { ...policy, ...members });
const refusalOfHeader = async (header: object | string) => refusal(await forge(signer, { header }));

describe('a SET is of the right shape', () => {
  it('a compact JWS of exactly three segments', async () => {
    const shape = fault('invalid_set', /three segments/);
    expect(await refusal('')).toEqual(shape);
    expect(await refusal(`${goodHeader}.${goodPayload}`)).toEqual(shape);
    expect(await refusal(`${good}.`)).toEqual(shape);
    expect(await refusal(`${good}.AAAA.AAAA`)).toEqual(shape);
    expect(
      await refusal(
        JSON.stringify({ protected: goodHeader, payload: goodPayload, signature: goodSignature }),
      ),
    ).toEqual(shape);
  });

  it('each segment in the one canonical spelling of base64url', async () => {
    const spelling = fault('invalid_set', /canonical base64url/);
    expect(await refusal(`${goodHeader}.${goodPayload}.`)).toEqual(spelling);
    expect(await refusal(`.${goodPayload}.${goodSignature}`)).toEqual(spelling);
    expect(await refusal(`${good}==`)).toEqual(spelling);
    expect(await refusal(`${good} `)).toEqual(spelling);
    expect(await refusal(`${good}\n`)).toEqual(spelling);
    expect(await refusal(`${goodHeader}.${goodPayload}.${goodSignature.replace(/.$/, '+')}`)).toEqual(
      spelling,
    );
    expect(await refusal(`${goodHeader}.${goodPayload}.${goodSignature}AAA`)).toEqual(spelling);
    // 64 bytes end with a character of which 4 bits carry nothing.
    const loose = `${goodSignature.slice(0, -1)}${String.fromCharCode(goodSignature.charCodeAt(85) + 1)}`;
    expect(Buffer.from(loose, 'base64url')).toEqual(Buffer.from(goodSignature, 'base64url'));
    expect(await refusal(`${goodHeader}.${goodPayload}.${loose}`)).toEqual(spelling);
  });

  it('at most 512 KiB', async () => {
    const payload = claimsWith({ note: 'x'.repeat(400 * 1024) });
    expect(await refusal(await forge(signer, { payload }))).toEqual(fault('invalid_set', /524288 bytes/));
  });
});

describe('the header says what is accepted here', () => {
  it('it is one JSON object without repeated members', async () => {
    expect(await refusalOfHeader('{"alg":"ES256"')).toEqual(fault('invalid_set', /^the header is not JSON/));
    expect(await refusalOfHeader('["ES256"]')).toEqual(fault('invalid_set', /not a JSON object/));
    const twice = '{"alg":"none","alg":"ES256","kid":"cn-2026-11","typ":"secevent+jwt"}';
    expect(await refusalOfHeader(twice)).toEqual(fault('invalid_set', /two members of one name/));
  });

  it('typ is secevent+jwt', async () => {
    for (const typ of ['JWT', 'secevent', 'SECEVENT+JWT', 'at+jwt', '', null, ['secevent+jwt'], undefined]) {
      expect(await refusalOfHeader({ typ })).toEqual(fault('invalid_set', /typ/));
    }
    await verifySet(await forge(signer, { header: { typ: 'application/secevent+jwt' } }), policy);
  });

  it('alg is one that the link allows', async () => {
    for (const alg of [
      'none',
      'None',
      'HS256',
      'RS256',
      'ES384',
      'es256',
      'EdDSA',
      '',
      5,
      null,
      ['ES256'],
      undefined,
    ]) {
      expect(await refusalOfHeader({ alg })).toEqual(fault('invalid_set', /alg/));
    }
    expect(await refusal(good, { algorithms: ['Ed25519'] })).toEqual(fault('invalid_set', /alg/));
  });

  it('no link can allow an algorithm that is not listed', async () => {
    const unsigned = `${Buffer.from('{"alg":"none","kid":"cn-2026-11","typ":"secevent+jwt"}').toString('base64url')}.${goodPayload}.AAAA`;
    expect(await refusal(unsigned, { algorithms: ['none'] })).toEqual(fault('invalid_set', /alg/));
    const header = Buffer.from('{"alg":"HS256","kid":"cn-2026-11","typ":"secevent+jwt"}').toString(
      'base64url',
    );
    const pem = await exportSPKI(verification.key);
    const mac = createHmac('sha256', pem).update(`${header}.${goodPayload}`).digest('base64url');
    expect(await refusal(`${header}.${goodPayload}.${mac}`, { algorithms: ['HS256'] })).toEqual(
      fault('invalid_set', /alg/),
    );
  });

  it('kid names a pinned key', async () => {
    const kids = [
      'us-2026-11',
      'CN-2026-11',
      '__proto__',
      'constructor',
      '../cn-2026-11',
      "' or 1=1",
      '',
      7,
      null,
      undefined,
    ];
    for (const kid of kids) expect(await refusalOfHeader({ kid })).toEqual(fault('invalid_key', /kid/));
  });

  it('the key that kid names is one for alg', async () => {
    const ed = await createKeyPair('Ed25519');
    const mixed = policyOf([ed.verification], { algorithms: ['ES256', 'Ed25519'] });
    expect(await refusal(good, mixed)).toEqual(fault('invalid_key', /alg/));
  });

  it('no extension is critical, because none is understood', async () => {
    for (const crit of [['exp'], ['b64'], [], 'b64', null]) {
      expect(await refusalOfHeader({ crit })).toEqual(fault('invalid_set', /crit/));
    }
    expect(await refusalOfHeader({ b64: false })).toEqual(fault('invalid_set', /b64/));
  });

  it('keys that it brings along are not used', async () => {
    const jwk = await exportJWK(other.verification.key);
    const header = {
      kid: signer.kid,
      jwk,
      jku: 'https://evil.example/jwks.json',
      x5u: 'https://evil.example/',
      x5c: ['AA'],
    };
    expect(await refusal(await forge(other.signer, { header }))).toEqual(
      fault('authentication_failed', /signature/),
    );
    await verifySet(await forge(signer, { header }), policy);
  });
});

describe('the signature is of the key that kid names, over these bytes', () => {
  const wrong = fault('authentication_failed', /signature/);

  it('not of another key, and not of another message', async () => {
    expect(await refusal(await forge(other.signer, { header: { kid: signer.kid } }))).toEqual(wrong);
    const another = await forge(signer, { payload: claimsWith({ txn: 'CASE-2' }) });
    expect(await refusal(`${goodHeader}.${goodPayload}.${another.split('.')[2]}`)).toEqual(wrong);
  });

  it('not all zeros, out of range, cut short, longer, or DER', async () => {
    const bytes = Buffer.from(goodSignature, 'base64url');
    const integer = (raw: Buffer) => Buffer.concat([Buffer.from([2, 33, 0]), raw]);
    const der = Buffer.concat([
      Buffer.from([0x30, 70]),
      integer(bytes.subarray(0, 32)),
      integer(bytes.subarray(32)),
    ]);
    const forgeries = [
      Buffer.alloc(64),
      Buffer.alloc(64, 0xff),
      bytes.subarray(0, 63),
      Buffer.concat([bytes, bytes]),
      der,
    ];
    for (const forgery of forgeries) {
      expect(await refusal(`${goodHeader}.${goodPayload}.${forgery.toString('base64url')}`)).toEqual(wrong);
    }
  });

  it('nothing that the payload says is looked at before it', async () => {
    expect(
      await refusal(await forge(other.signer, { header: { kid: signer.kid }, payload: 'no JSON' })),
    ).toEqual(wrong);
  });
});

describe('many at once', () => {
  it('each has its own answer, in order', async () => {
    const answers = await verifySets([good, 'x', good], policy);
    expect(answers.map((answer) => (answer instanceof SetError ? answer.code : answer.jti))).toEqual([
      content.jti,
      'invalid_set',
      content.jti,
    ]);
  });

  it('what goes wrong at our own end is thrown and blamed on no SET', async () => {
    const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['verify']);
    const broken = new Map([[signer.kid, { ...verification, key }]]);
    await expect(verifySets([good], { ...policy, keys: broken, now })).rejects.toThrow(TypeError);
  });
});
