import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Consumer, openConsumer } from '../streams/open-consumer.ts';

/** Poll-Based Security Event Token Delivery (RFC 8936): one test for each rule, named by its section. */
let consumer: Consumer;
let stream: string;
let made = 0;
beforeAll(async () => {
  consumer = await openConsumer();
});
afterAll(() => consumer[Symbol.asyncDispose]());
beforeEach(async () => {
  stream = `consumer-${++made}`;
  expect((await consumer.call('PUT', `/v1/streams/${stream}`, { from: 'now' })).status).toBe(201);
});

const now = { returnImmediately: true };
const idsOf = ({ sets }: { sets: object }): string[] => Object.keys(sets);
const poll = (body?: object) => consumer.poll(stream, body);

describe('2.1: the transmitter', () => {
  it('keeps SETs for the recipient until it polls, and gives each under its jti as it was signed', async () => {
    const ids = await consumer.receive(3);
    const { sets, moreAvailable } = await poll();
    expect(Object.keys(sets).toSorted()).toEqual(ids.toSorted());
    expect(moreAvailable).toBe(false);
    const signed = await consumer.pair.cn.db.sql<{ id: string; jws: string }>(
      'select id, jws from message where id = any ($1)',
      [ids],
    );
    expect(sets).toEqual(Object.fromEntries(signed.map(({ id, jws }) => [id, jws])));
  });
  it('gives what is not acknowledged again', async () => {
    const ids = await consumer.receive(2);
    expect(idsOf(await poll()).toSorted()).toEqual(ids.toSorted());
    expect(idsOf(await poll()).toSorted()).toEqual(ids.toSorted());
  });
  it('does not give what was acknowledged again', async () => {
    const ids = await consumer.receive(2);
    await poll();
    expect(idsOf(await poll({ ...now, ack: [ids[1]] }))).toEqual([ids[0]]);
    expect(idsOf(await poll({ ...now, ack: [ids[0]] }))).toEqual([]);
  });
});

describe('2.2: the request', () => {
  it('maxEvents bounds the SETs of an answer', async () => {
    await consumer.receive(3);
    expect(idsOf(await poll({ ...now, maxEvents: 2 }))).toHaveLength(2);
  });
  it('2.4.2: maxEvents 0 only acknowledges, and is answered at once, whatever returnImmediately says', async () => {
    const [first, second] = await consumer.receive(2);
    await poll();
    expect(await poll({ maxEvents: 0, ack: [first] })).toEqual({ sets: {}, moreAvailable: true });
    expect(idsOf(await poll())).toEqual([second]);
  });
  it('without maxEvents no limit is the recipient’s, and one above ours is no error', async () => {
    await consumer.receive(3);
    expect(idsOf(await poll(now))).toHaveLength(3);
    expect(idsOf(await poll({ ...now, maxEvents: 100_000 }))).toHaveLength(3);
  });
  it('returnImmediately: answers at once where nothing is there', async () => {
    expect(await poll(now)).toEqual({ sets: {}, moreAvailable: false });
  });
  it('without returnImmediately the answer waits for a SET', async () => {
    const polled = poll({});
    await expect(
      Promise.race([polled, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))]),
    ).resolves.toBe('waits');
    const ids = await consumer.receive(1);
    expect(idsOf(await polled)).toEqual(ids);
  });
  it('ack: acknowledging again, or what never was sent, does nothing', async () => {
    const [first, second] = await consumer.receive(2);
    await poll();
    const ack = [first, first, '01890a5d-ac96-774b-bcce-b302099a8057', 'no id of ours'];
    expect(idsOf(await poll({ ...now, ack }))).toEqual([second]);
    expect(idsOf(await poll({ ...now, ack }))).toEqual([second]);
  });
  it('ack: what waits in the feed and was not sent yet is not acknowledged by naming it', async () => {
    const ids = await consumer.receive(2);
    expect(idsOf(await poll({ ...now, ack: ids })).toSorted()).toEqual(ids.toSorted());
  });
  it('setErrs: a SET that is reported is not given again, and stands before the operators', async () => {
    const [first, second] = await consumer.receive(2);
    await poll();
    const setErrs = { [first ?? '']: { err: 'authentication_failed', description: 'no such key' } };
    expect(idsOf(await poll({ ...now, setErrs }))).toEqual([second]);
    await poll({ ...now, setErrs });
    const operator = await consumer.api.token({ name: `operator-${stream}`, role: 'operator' });
    const seen = await consumer.call('GET', `/v1/ops/streams/${stream}/errors`, undefined, operator);
    expect(await seen.json()).toMatchObject({
      items: [{ message: first, err: 'authentication_failed', description: 'no such key', by: 'clearance' }],
    });
    expect((await consumer.api.entries()).filter((e) => e.kind === 'stream-errors-reported')).toContainEqual(
      expect.objectContaining({ stream, refused: [{ message: first, err: 'authentication_failed' }] }),
    );
  });
  it('members that are not named there are ignored', async () => {
    expect(await poll({ ...now, sinceWhen: 'ever' })).toEqual({ sets: {}, moreAvailable: false });
  });
});

describe('2.3: the answer', () => {
  it('moreAvailable says that SETs are left', async () => {
    const ids = await consumer.receive(3);
    const seen: string[] = [];
    for (const more of [true, true, false]) {
      const polled = await poll({ ...now, maxEvents: 1, ack: seen });
      expect(polled.moreAvailable).toBe(more);
      seen.push(...idsOf(polled));
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });
  it('2.5: is 200 and JSON', async () => {
    const answer = await consumer.call('POST', `/v1/streams/${stream}/poll`, now);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });
});

describe('2.4: styles of acknowledging', () => {
  it('2.4.1 to 2.4.4: polling only, acknowledging only, both at once, and with errors', async () => {
    const ids = await consumer.receive(4);
    const first = idsOf(await poll({ ...now, maxEvents: 2 }));
    expect(idsOf(await poll({ maxEvents: 0, ack: [first[0]] }))).toEqual([]);
    const second = idsOf(
      await poll({ ...now, setErrs: { [first[1] ?? '']: { err: 'invalid_request', description: 'x' } } }),
    );
    expect([...first, ...second].toSorted()).toEqual(ids.toSorted());
    expect(idsOf(await poll({ ...now, ack: second }))).toEqual([]);
  });
});

describe('2.5.1: errors', () => {
  it.each([
    ['maxEvents', -1],
    ['maxEvents', '5'],
    ['returnImmediately', 'yes'],
    ['ack', 'x'],
    ['ack', [1]],
    ['setErrs', []],
    ['setErrs', { x: 'wrong' }],
  ])('400 where %s is %j, naming it', async (member, value) => {
    const answer = await consumer.call('POST', `/v1/streams/${stream}/poll`, { [member]: value });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(`/${member}`);
  });
  it('404 where there is no such stream', async () => {
    expect((await consumer.call('POST', '/v1/streams/nobody/poll', now)).status).toBe(404);
  });
});

describe('3 and 4: who may poll', () => {
  it('401 with WWW-Authenticate without a token', async () => {
    const answer = await consumer.api.call('POST', `/v1/streams/${stream}/poll`, undefined, now);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });
  it('403 for a token of another link', async () => {
    const other = await consumer.api.token({
      name: `other-${stream}`,
      link: 'eu-taxud',
      purpose: 'clearance',
    });
    for (const [method, path, body] of [
      ['POST', '/poll', now],
      ['POST', '/seek', { to: 'now' }],
      ['GET', '', undefined],
      ['DELETE', '', undefined],
      ['PUT', '', { link: 'eu-taxud' }],
    ] as const) {
      const answer = await consumer.call(method, `/v1/streams/${stream}${path}`, body, other);
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
  });
  it('400 where neither the request nor the token says what for', async () => {
    const aimless = await consumer.api.token({ name: `aimless-${stream}`, link: 'cn-gacc' });
    const answer = await consumer.call('POST', `/v1/streams/${stream}/poll`, now, aimless);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('purpose-missing');
  });
});
