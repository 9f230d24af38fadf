import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { signSet } from '../../src/envelope/sign-set.ts';
import { verifySet } from '../../src/envelope/verify-set.ts';
import {
  claimsWith,
  content,
  createKeyPair,
  fault,
  forge,
  policyOf,
  refusalOf,
} from '../envelope/forge-set.ts';

/** Security Event Token (RFC 8417): one test for each rule, named by its section. */
const { signer, verification } = await createKeyPair();
const policy = policyOf([verification]);
const uri = 'urn:mra-gateway:event:certification-change:v1';
const refusedWith = async (members: Record<string, unknown>, header: object = {}) =>
  refusalOf(await forge(signer, { payload: claimsWith(members), header }), policy);
const takenWith = async (members: Record<string, unknown>, header: object = {}) =>
  verifySet(await forge(signer, { payload: claimsWith(members), header }), policy);

describe('a SET that we send', async () => {
  const { jws } = await signSet(content, signer);
  const claims = decodeJwt<Record<string, unknown>>(jws);

  it('2.2: has iss, iat, jti and events', () => {
    expect(claims).toMatchObject({ iss: content.iss, iat: content.iat, jti: content.jti });
    expect(Object.keys(claims.events as object)).toEqual([uri]);
  });
  it('2.2: names the receiver in aud', () => expect(claims.aud).toBe(content.aud));
  it('2.2: has events whose member names are URIs and whose values are objects', () => {
    for (const [name, value] of Object.entries(claims.events as object)) {
      expect(URL.canParse(name)).toBe(true);
      expect(value).toBeTypeOf('object');
    }
  });
  it('2.2: has the time of the event in toe and the case in txn', () => {
    expect(claims).toMatchObject({ toe: content.toe, txn: content.txn });
  });
  it('2.2: has no exp', () => expect(claims).not.toHaveProperty('exp'));
  it('2.3: is explicitly typed secevent+jwt', () => {
    expect(decodeProtectedHeader(jws).typ).toBe('secevent+jwt');
  });
  it('5.1: is signed, never unsecured', () => {
    expect(decodeProtectedHeader(jws).alg).toBe('ES256');
    expect(jws.split('.')[2]).not.toBe('');
  });
});

describe('a SET that we receive', () => {
  it('2: is a JWT: three segments, claims that are a JSON object', async () => {
    expect(await refusalOf('not a jwt', policy)).toMatchObject({ code: 'invalid_set' });
    expect(await refusalOf(await forge(signer, { payload: '[]' }), policy)).toMatchObject({
      code: 'invalid_set',
    });
  });
  it.each(['iss', 'iat', 'jti', 'events'])('2.2: must have %s', async (name) => {
    const code = name === 'iss' ? 'invalid_issuer' : 'invalid_set';
    expect(await refusedWith({ [name]: undefined })).toMatchObject({ code });
  });
  it('2.2: is for us: aud is a string, or an array of it', async () => {
    expect((await takenWith({ aud: [content.aud] })).jti).toBe(content.jti);
    expect(await refusedWith({ aud: undefined })).toMatchObject({ code: 'invalid_audience' });
    expect(await refusedWith({ aud: 'https://else.example' })).toMatchObject({ code: 'invalid_audience' });
  });
  it('2.2: has events that are a JSON object of objects', async () => {
    for (const events of [[], 'x', null, {}, { [uri]: 'x' }, { [uri]: null }]) {
      expect(await refusedWith({ events })).toEqual(fault('invalid_set', /event/));
    }
  });
  it('2.2: may have toe, which is a NumericDate', async () => {
    expect((await takenWith({ toe: undefined })).toe).toBeUndefined();
    expect(await refusedWith({ toe: '2026-11-23' })).toEqual(fault('invalid_set', /toe/));
  });
  it('2.2: may have txn, which is a string', async () => {
    expect((await takenWith({ txn: undefined })).txn).toBeUndefined();
    expect(await refusedWith({ txn: 7 })).toEqual(fault('invalid_set', /txn/));
  });
  it('2.2: may have claims that we do not know', async () => {
    expect((await takenWith({ 'https://else.example/claim': { a: 1 } })).jti).toBe(content.jti);
  });
  it('2.2, 4.1, 4.2: has no exp, so that it is never taken for an access token', async () => {
    expect(await refusedWith({ exp: content.iat + 60 })).toEqual(fault('invalid_set', /exp/));
  });
  it('2.3: is typed secevent+jwt, with or without application/', async () => {
    expect((await takenWith({}, { typ: 'application/secevent+jwt' })).jti).toBe(content.jti);
    for (const typ of ['JWT', 'at+jwt', undefined]) {
      expect(await refusedWith({}, { typ })).toEqual(fault('invalid_set', /typ/));
    }
  });
  it('5.1: is not taken unsecured', async () => {
    expect(await refusedWith({}, { alg: 'none' })).toEqual(fault('invalid_set', /alg/));
  });
  it('4.1, 4.2: cannot be taken for an ID or access token, having no sub', async () => {
    expect(await refusedWith({ sub: 'x' })).toEqual(fault('invalid_set', /sub/));
  });
  it('5.1: has the signature of the issuer over all of it', async () => {
    const jws = await forge(signer);
    const [header, , signature] = jws.split('.');
    const other = (await forge(signer, { payload: claimsWith({ txn: 'other' }) })).split('.')[1];
    expect(await refusalOf(`${header}.${other}.${signature}`, policy)).toMatchObject({
      code: 'authentication_failed',
    });
  });
});
