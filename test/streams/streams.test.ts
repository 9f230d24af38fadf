import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumerAlerts } from '../../src/webhooks/consumer-alerts.ts';
import { numberChanges } from '../support/number-changes.ts';
import { type Consumer, openConsumer } from './open-consumer.ts';

let consumer: Consumer;
beforeAll(async () => {
  consumer = await openConsumer();
});
afterAll(() => consumer[Symbol.asyncDispose]());

const now = { returnImmediately: true };
const put = (name: string, body: object = {}) => consumer.call('PUT', `/v1/streams/${name}`, body);
const idsOf = ({ sets }: { sets: object }): string[] => Object.keys(sets).toSorted();
const all = async (name: string) => idsOf(await consumer.poll(name));

describe('consumers', () => {
  it('are independent: each has a place and acknowledgements of its own', async () => {
    await put('one', { from: 'now' });
    await put('two', { from: 'now' });
    const ids = (await consumer.receive(3)).toSorted();
    expect(await all('one')).toEqual(ids);
    expect(await all('two')).toEqual(ids);
    await consumer.poll('one', { maxEvents: 0, ack: ids });
    expect(await all('one')).toEqual([]);
    expect(await all('two')).toEqual(ids);
  });

  it('get each SET once where they acknowledge, however small their pages', async () => {
    await put('paged', { from: 'now' });
    const ids = await consumer.receive(7);
    const seen: string[] = [];
    let ack: string[] = [];
    for (let round = 0; round < 10; round++) {
      ack = idsOf(await consumer.poll('paged', { ...now, maxEvents: 3, ack }));
      seen.push(...ack);
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  it('lose nothing to polls at once', async () => {
    await put('at-once', { from: 'now' });
    const ids = await consumer.receive(20);
    const acked = new Set<string>();
    const worker = async () => {
      for (let ack: string[] = [], empty = 0; empty < 2; ) {
        ack = idsOf(await consumer.poll('at-once', { ...now, maxEvents: 4, ack }));
        for (const id of ack) acked.add(id);
        empty = ack.length === 0 ? empty + 1 : 0;
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect([...acked].toSorted()).toEqual(ids.toSorted());
    expect(await all('at-once')).toEqual([]);
  });

  it('get only the types that they ask for, and moreAvailable counts only those', async () => {
    await put('typed', { from: 'now', types: ['validation-result'] });
    await consumer.receive(2);
    expect(await consumer.poll('typed')).toEqual({ sets: {}, moreAvailable: false });
    expect((await put('typed', { types: ['enterprise-status'] })).status).toBe(200);
    const ids = await consumer.receive(1);
    expect(await all('typed')).toEqual(ids);
    expect((await put('typed', { types: ['certification-change'] })).status).toBe(200);
    expect(await all('typed')).toEqual([]);
  });

  it('do not miss a message that commits late', async () => {
    await put('late', { from: 'now' });
    const { database } = consumer.pair.us.db;
    const [early] = await consumer.receive(1);
    const client = new pg.Client(consumer.pair.us.db.connectionString);
    await client.connect();
    try {
      await client.query('begin');
      await client.query(
        'insert into feed_pending (link, id, type) select link, id, type from message where id = $1',
        [early],
      );
      const others = await consumer.receive(1);
      const seen = [early ?? '', ...others].toSorted();
      expect(await all('late')).toEqual(seen);
      await consumer.poll('late', { maxEvents: 0, ack: seen });
      await client.query('commit');
    } finally {
      await client.end();
    }
    await numberChanges(database);
    expect(await all('late')).toEqual([early]);
  });

  it('go back to a time, and on to now', async () => {
    const before = await consumer.receive(2);
    await delay(5);
    const since = new Date();
    const after = (await consumer.receive(2)).toSorted();
    await put('seeking', { from: since.toISOString() });
    expect(await all('seeking')).toEqual(after);
    await consumer.poll('seeking', { maxEvents: 0, ack: after });
    expect(await all('seeking')).toEqual([]);
    const seek = async (to: string) => {
      const answer = await consumer.call('POST', '/v1/streams/seeking/seek', { to });
      expect(answer.status).toBe(200);
    };
    await seek(since.toISOString());
    expect(await all('seeking')).toEqual(after);
    await seek('beginning');
    expect(await all('seeking')).toEqual(expect.arrayContaining([...before, ...after]));
    await seek('now');
    expect(await all('seeking')).toEqual([]);
    const kinds = (await consumer.api.entries()).map((entry) => entry.kind);
    expect(kinds.filter((kind) => kind === 'stream-sought')).toHaveLength(3);
  });

  it('get no message that was erased', async () => {
    await put('erased', { from: 'now' });
    const [gone, kept] = await consumer.receive(2);
    await all('erased');
    await consumer.pair.us.db.sql('update message set jws = null where id = $1', [gone]);
    expect(await consumer.poll('erased')).toMatchObject({ moreAvailable: false });
    expect(await all('erased')).toEqual([kept]);
  });

  it('read on record: who, for what, which messages', async () => {
    await put('on-record', { from: 'now' });
    const ids = await consumer.receive(1);
    await all('on-record');
    await delay(700);
    const rows = await consumer.pair.us.db.sql<{ ids: string[] }>(
      `select ids from access_log where what = 'stream' and principal = 'clearance' and purpose = 'clearance'`,
    );
    expect(rows.flatMap((row) => row.ids)).toEqual(expect.arrayContaining(ids));
  });
});

it('a consumer that does not acknowledge for a quarter of an hour is an alert, and one that does is none', async () => {
  await put('stale', { from: 'now' });
  await put('fresh', { from: 'now' });
  const ids = await consumer.receive(1);
  await consumer.poll('fresh', { ...now, maxEvents: 5 });
  await consumer.poll('fresh', { maxEvents: 0, ack: ids });
  const look = consumerAlerts(consumer.pair.us.db.database, []);
  const in16Minutes = new Date(Date.now() + 16 * 60_000);
  const stale = async (at: Date) =>
    (await look(at)).flatMap(({ code, subject }) => (code === 'stream-stale' ? [subject] : []));
  expect(await stale(new Date())).toEqual([]);
  expect(await stale(in16Minutes)).toContain('stale');
  expect(await stale(in16Minutes)).not.toContain('fresh');
});

describe('a stream', () => {
  it('is made once, keeps its place when it is defined again, and goes with its errors', async () => {
    expect((await put('kept', { from: 'now' })).status).toBe(201);
    const ids = await consumer.receive(1);
    expect((await put('kept', { from: 'now' })).status).toBe(200);
    expect(await all('kept')).toEqual(ids);
    const shown = await (await consumer.call('GET', '/v1/streams/kept')).json();
    expect(shown).toMatchObject({
      name: 'kept',
      link: 'cn-gacc',
      unacknowledged: 1,
      behind: 0,
      createdBy: 'clearance',
      oldestOwedAt: expect.any(String),
    });
    await consumer.poll('kept', { maxEvents: 0, setErrs: { [ids[0] ?? '']: { err: 'x' } } });
    expect((await consumer.call('DELETE', '/v1/streams/kept')).status).toBe(204);
    expect((await consumer.call('DELETE', '/v1/streams/kept')).status).toBe(404);
    expect((await consumer.call('GET', '/v1/streams/kept/errors')).status).toBe(404);
  });

  it('is of one link: that of the token, or the one named', async () => {
    const any = await consumer.api.token({ name: 'any-link', purpose: 'support' });
    const ask = (body: object) => consumer.call('PUT', '/v1/streams/linked', body, any);
    expect(await (await ask({})).json()).toMatchObject({ type: 'urn:mra-gateway:problem:link-missing' });
    expect(await (await ask({ link: 'no' })).json()).toMatchObject({
      type: 'urn:mra-gateway:problem:link-unknown',
    });
    expect((await ask({ link: 'eu-taxud' })).status).toBe(201);
    const names = async (token: string) =>
      (
        (await (await consumer.call('GET', '/v1/streams', undefined, token)).json()) as {
          items: { name: string }[];
        }
      ).items.map(({ name }) => name);
    expect(await names(any)).toContain('linked');
    expect(await names(consumer.token)).not.toContain('linked');
  });

  it.each([
    ['Upper', {}],
    ['ok', { types: ['receipt'] }],
    ['ok', { types: [] }],
    ['ok', { from: 'yesterday' }],
    ['ok', { fromm: 'now' }],
    ['ok', []],
  ])('is not made as %s with %j', async (name, body) => {
    expect((await put(name, body)).status).toBe(400);
  });

  it('is one of a hundred at most', async () => {
    await consumer.pair.us.db.sql(
      `insert into stream (name, link, types, read_to, created_at, created_by)
       select 'filler-' || n, 'cn-gacc', '{}', 0, now(), 'test' from generate_series(1, 100) n`,
    );
    const answer = await put('one-too-many');
    expect(answer.status).toBe(409);
    await consumer.pair.us.db.sql(`delete from stream where name like 'filler-%'`);
  });
});
