import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainLane } from '../../src/delivery/drain-lane.ts';
import { laneOf } from '../../src/delivery/lane-of.ts';
import type { PartnerConnection } from '../../src/delivery/send-sets.ts';
import { connectPartner } from '../../src/delivery/send-sets.ts';
import { followMessage } from '../../src/submission/follow-message.ts';
import { drainParts } from '../support/drain-parts.ts';
import { type ExchangeServer, startExchange } from '../support/exchange-server.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';
import { signAs } from '../support/sign.ts';

/** Push-Based Security Event Token Delivery (RFC 8935): one test for each rule, named by its section. */
let pair: Pair;
let us: ExchangeServer;
beforeAll(async () => {
  pair = await createPair();
  us = await startExchange(pair.us);
});
afterAll(async () => {
  await us[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});

const ID = 'CN4403960A1B';
const MEDIA_TYPE = 'application/secevent+jwt';
const statusSet = (version: number, id = ID) =>
  signAs(pair.cn, { type: 'enterprise-status', version, data: recordOf(id) }, { subject: id });

function push(body: string, contentType = MEDIA_TYPE): Promise<Response> {
  const headers = { 'content-type': contentType, accept: 'application/json' };
  return fetch(`${us.url}/exchange/events`, { method: 'POST', headers, body });
}

async function expectError(response: Response, err: string): Promise<void> {
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(response.headers.get('content-language')).toBe('en');
  expect(await response.json()).toEqual({ err, description: expect.any(String) });
}

const storedAs = async (id: string): Promise<string[]> =>
  (await pair.us.db.sql<{ outcome: string }>(`select outcome from message where id = $1`, [id])).map(
    ({ outcome }) => outcome,
  );

describe('the recipient', () => {
  it('2.2: answers a SET that it stored with 202 and an empty body', async () => {
    const { id, jws } = await statusSet(1);
    const response = await push(jws);
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('');
    expect(await storedAs(id)).toEqual(['accepted']);
  });
  it('2: answers a SET that it had before as the first time, and stores it once', async () => {
    const { id, jws } = await statusSet(2);
    expect((await push(jws)).status).toBe(202);
    expect((await push(jws)).status).toBe(202);
    expect(await storedAs(id)).toEqual(['accepted']);
  });
  it('2.2: takes a verification event and stores nothing', async () => {
    const { id, jws } = await signAs(pair.cn, { type: 'verification', data: { state: 'x' } });
    expect((await push(jws)).status).toBe(202);
    expect(await storedAs(id)).toEqual([]);
  });
  it('2.3: answers a SET that it refuses with 400 and the error in JSON, in a language it names', async () => {
    const { id, jws } = await signAs(
      pair.cn,
      { type: 'enterprise-status', version: 3, data: { no: 'record' } },
      { subject: ID },
    );
    await expectError(await push(jws), 'invalid_request');
    expect(await storedAs(id)).toEqual(['refused']);
    await expectError(await push(jws), 'invalid_request');
  });
  it('2.4: invalid_request where the body is no SET', async () => {
    await expectError(await push('{"sets":{}}', 'application/json'), 'invalid_request');
  });
  it('2.4: invalid_key where the key is not known', async () => {
    const { jws } = await statusSet(9);
    const [, ...rest] = jws.split('.');
    const header = { alg: 'ES256', kid: 'unknown', typ: 'secevent+jwt' };
    await expectError(
      await push([Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')),
      'invalid_key',
    );
  });
  it('2.4: authentication_failed where the signature is another’s', async () => {
    const [one, other] = await Promise.all([statusSet(9), statusSet(10)]);
    const forged = [...one.jws.split('.').slice(0, 2), other.jws.split('.')[2]].join('.');
    await expectError(await push(forged), 'authentication_failed');
    expect(await storedAs(one.id)).toEqual([]);
  });
  it('2.4: invalid_issuer where it is of another issuer', async () => {
    const { jws } = await signAs(
      { ...pair.cn, issuer: 'https://else.example' },
      { type: 'verification', data: {} },
    );
    await expectError(await push(jws), 'invalid_issuer');
  });
  it('2.4: invalid_audience where it is for another recipient', async () => {
    const link = { ...pair.cn.link, issuer: 'https://else.example' };
    const { jws } = await signAs({ ...pair.cn, link }, { type: 'verification', data: {} });
    await expectError(await push(jws), 'invalid_audience');
  });
  it('2.4: a code of our own where the SET is malformed', async () => {
    await expectError(await push('a.b.c'), 'invalid_set');
  });
});

describe('the transmitter', () => {
  const requests: { path: string; contentType: string; accept: string | undefined; body: string }[] = [];

  async function deliver(subject: string, answer?: () => { status: number; body: string }) {
    const connection = connectPartner({ ...pair.cn.link, exchangeUrl: us.url }, undefined);
    const watched: PartnerConnection = {
      async post(path, contentType, body) {
        requests.push({ path, contentType, accept: undefined, body });
        return answer ? { headers: {}, ms: 1, ...answer() } : connection.post(path, contentType, body);
      },
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    };
    await using _connection = watched;
    requests.length = 0;
    const link = { ...pair.cn.link, delivery: 'push' as const };
    return await drainLane(drainParts(pair.cn, link, watched), {
      link: link.id,
      lane: laneOf(subject, link.lanes),
    });
  }

  async function accept(...bodies: object[]): Promise<string[]> {
    return (await pair.cn.submit(...bodies)).map((outcome) => {
      if (!('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
      return outcome.accepted.id;
    });
  }
  const stateOf = async (id = '') => (await followMessage(pair.cn.db.database, id))?.state;
  const record = (id: string) => ({ type: 'enterprise-status', data: recordOf(id) });
  const change = (id: string) => ({ type: 'certification-change', data: changeOf(id) });

  it('2.1: posts one SET in a request, as it is, with its media type', async () => {
    const id = 'CN4403960A2B';
    const ids = await accept(record(id), change(id));
    expect(await deliver(id)).toEqual({ ended: 'empty' });
    expect(requests.map(({ path, contentType }) => [path, contentType])).toEqual([
      ['/exchange/events', MEDIA_TYPE],
      ['/exchange/events', MEDIA_TYPE],
    ]);
    const rows = await pair.cn.db.sql<{ jws: string }>(
      'select jws from message where id = any ($1) order by id',
      [ids],
    );
    expect(requests.map(({ body }) => body)).toEqual(rows.map(({ jws }) => jws));
    expect(await Promise.all(ids.map(stateOf))).toEqual(['delivered', 'delivered']);
  });
  it('2.3: takes invalid_request for a refusal of that SET alone', async () => {
    const id = 'CN4403960A3B';
    const [first, second] = await accept(record(id), change(id));
    const answers = [
      { status: 400, body: '{"err":"invalid_request","description":"no"}' },
      { status: 202, body: '' },
    ];
    await deliver(id, () => answers.shift() ?? { status: 500, body: '' });
    expect([await stateOf(first), await stateOf(second)]).toEqual(['refused', 'delivered']);
  });
  it.each(['invalid_key', 'invalid_issuer', 'invalid_audience', 'authentication_failed', 'access_denied'])(
    '2.4: keeps a SET that is answered %s, because the link is at fault',
    async (err) => {
      const id = `CN4403960${err.length}AB`.slice(0, 12);
      const [first, second] = await accept(record(id), change(id));
      const ended = await deliver(id, () => ({
        status: 400,
        body: JSON.stringify({ err, description: 'x' }),
      }));
      expect(ended.ended).toBe('backing-off');
      expect(requests).toHaveLength(1);
      expect([await stateOf(first), await stateOf(second)]).toEqual(['sent', 'accepted']);
      await pair.cn.db.sql('delete from outbox');
      await pair.cn.db.sql('update lane set next_attempt_at = null, attempts = 0');
    },
  );
  it('2, 4: sends a SET again that was not answered, and those before it are on record', async () => {
    const id = 'CN4403960A5B';
    const [first, second] = await accept(record(id), change(id));
    const answers = [{ status: 202, body: '' }];
    const ended = await deliver(id, () => answers.shift() ?? { status: 503, body: '' });
    expect(ended.ended).toBe('backing-off');
    expect([await stateOf(first), await stateOf(second)]).toEqual(['delivered', 'sent']);
    await pair.cn.db.sql('update lane set next_attempt_at = null');
    await deliver(id);
    expect(await stateOf(second)).toBe('delivered');
  });
});

it('RFC 8417, 5.3: the id of a message is not needed to be in order: a later one is stored as well', async () => {
  const id = uuidv7();
  const { jws } = await signAs(
    pair.cn,
    { type: 'enterprise-status', version: 7, data: recordOf(ID) },
    { subject: ID, id },
  );
  expect((await push(jws)).status).toBe(202);
  expect(await storedAs(id)).toEqual(['accepted']);
});
