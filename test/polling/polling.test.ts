import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectPartner } from '../../src/delivery/send-sets.ts';
import { feedSignal } from '../../src/feed/await-change.ts';
import { proveCaller } from '../../src/ledger/caller-proof.ts';
import { divertLanes } from '../../src/polling/divert-lanes.ts';
import { pollPartner } from '../../src/polling/poll-partner.ts';
import { addPollRoute } from '../../src/polling/routes.ts';
import { pollLink } from '../../src/polling/run-polling.ts';
import type { PushAnswer } from '../../src/reception/incoming.ts';
import { type ReceptionParts, receiveSets } from '../../src/reception/receive-sets.ts';
import { followMessage } from '../../src/submission/follow-message.ts';
import { requirePartner } from '../../src/tls/require-partner.ts';
import { pollingAlerts } from '../../src/webhooks/consumer-alerts.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

/** China's link says poll: the American side fetches its messages. */
let pair: Pair;
let china: TestServer;
const polls = feedSignal();
const log = pino({ level: 'silent' });
const editions: (string | undefined)[] = [];
const outcomes: string[] = [];
beforeAll(async () => {
  pair = await createPair();
  const { cn } = pair;
  cn.link.delivery = 'poll';
  china = await startTestServer('exchange', (server) => {
    requirePartner(server, undefined);
    addPollRoute(server, {
      database: cn.db.database,
      log,
      issuer: cn.issuer,
      links: new Map([[cn.link.id, cn.link]]),
      polls,
      onPoll: (_link, edition) => editions.push(edition),
      figures: { polled: ({ lane }, { kind }) => void (lane === 'control' || outcomes.push(kind)) },
    });
  });
});
afterAll(async () => {
  await china[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await pair.cn.db.sql('delete from outbox');
});

const NOTHING: PushAnswer = { ack: [], setErrs: {} };
let enterprises = 0;
const nextId = () => `CN44037${String(20_000 + enterprises++)}`;

async function accept(...bodies: object[]): Promise<string[]> {
  const ids = (await pair.cn.submit(...bodies)).map((outcome) => {
    if (!('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
    return outcome.accepted.id;
  });
  polls.raise();
  return ids;
}
const record = (id = nextId()) => ({ type: 'enterprise-status', data: recordOf(id) });
const stateOf = async (id = '') => (await followMessage(pair.cn.db.database, id))?.state;

function connection() {
  return connectPartner({ ...pair.us.link, exchangeUrl: china.url }, undefined);
}

/** One poll as the American gateway makes it. */
async function poll(answers: PushAnswer = NOTHING, batchSetsMax = 500): Promise<string[]> {
  await using connected = connection();
  const [signer] = pair.us.keyRing.keys;
  if (!signer) throw new Error('no key');
  const link = { ...pair.us.link, batchSetsMax };
  const polled = await pollPartner(
    { link, connection: connected, issuer: pair.us.issuer, signer, stop: AbortSignal.timeout(5_000) },
    answers,
  );
  if ('error' in polled) throw new Error(polled.error);
  return [...polled.sets.keys()];
}

/** The same, answered at once though nothing is there. */
async function ackOnly(answers: PushAnswer): Promise<void> {
  expect(await poll(answers, 0)).toEqual([]);
}

describe('a partner that polls', () => {
  it('gets what is pending, again until it acknowledges; then it is delivered, and audited as pushed', async () => {
    const ids = await accept(record(), record());
    expect((await poll()).toSorted()).toEqual(ids.toSorted());
    expect(await Promise.all(ids.map(stateOf))).toEqual(['sent', 'sent']);
    expect((await poll()).toSorted()).toEqual(ids.toSorted());
    const ack = { ack: ids, setErrs: {} };
    await ackOnly(ack);
    await ackOnly(ack);
    const [first] = ids;
    expect(await followMessage(pair.cn.db.database, first ?? '')).toMatchObject({
      state: 'delivered',
      attempts: 2,
      lastError: null,
    });
    const entries = await pair.cn.db.sql<{ content: string }>(
      `select content from audit_pending where content like '%request-answered%' and content like $1`,
      [`%${first}%`],
    );
    expect(entries).toHaveLength(1);
    expect(editions).toContain('1');
  });

  it('counts what it was given by what became of it: unclear where it asks again, then answered or at fault', async () => {
    outcomes.length = 0;
    const subject = nextId();
    const ids = await accept(record(subject), { type: 'certification-change', data: changeOf(subject) });
    const results = async () =>
      (
        await pair.cn.db.sql<{ result: string }>(
          'select result from attempt where ids && $1::uuid[] order by number',
          [ids],
        )
      ).map(({ result }) => result);
    await poll();
    expect([await results(), outcomes]).toEqual([['unclear'], []]);
    await poll();
    expect([await results(), outcomes]).toEqual([['unclear', 'unclear'], ['unclear']]);
    await ackOnly({
      ack: ids.slice(0, 1),
      setErrs: { [ids[1] ?? '']: { err: 'invalid_key', description: 'x' } },
    });
    expect([await results(), outcomes]).toEqual([
      ['unclear', 'link-fault'],
      ['unclear', 'answered'],
    ]);
    await pair.cn.db.sql('update outbox set retry_at = null');
    await poll();
    await ackOnly({ ack: ids.slice(1), setErrs: {} });
    expect([await results(), outcomes]).toEqual([
      ['unclear', 'link-fault', 'answered'],
      ['unclear', 'answered', 'answered'],
    ]);
  });

  it('gets the versions of a subject in order, and the urgent subjects alone and first', async () => {
    const [calm, hasty] = [nextId(), nextId()];
    const [r1] = await accept(record(calm));
    const [h1, h2] = await accept(record(hasty), { type: 'certification-change', data: changeOf(hasty) });
    const first = await poll();
    expect(first).toEqual([h1, h2]);
    await ackOnly({ ack: first, setErrs: {} });
    expect(await poll()).toEqual([r1]);
  });

  it('gets no more than it asks for', async () => {
    const ids = await accept(record(), record(), record());
    const first = await poll(NOTHING, 2);
    expect(first).toHaveLength(2);
    const rest = await poll({ ack: first, setErrs: {} }, 2);
    expect([...first, ...rest].toSorted()).toEqual(ids.toSorted());
  });

  it('refuses by setErrs what is wrong, and only faults the link by the other codes', async () => {
    const [wrong, faulty, good] = await accept(record(), record(), record());
    await poll();
    await ackOnly({
      ack: [good ?? ''],
      setErrs: {
        [wrong ?? '']: { err: 'invalid_request', description: '/events: no' },
        [faulty ?? '']: { err: 'invalid_key', description: 'unknown key' },
      },
    });
    expect(await Promise.all([wrong, faulty, good].map(stateOf))).toEqual(['refused', 'sent', 'delivered']);
    const letters = await pair.cn.db.sql('select id, err from dead_letter where id = any ($1)', [
      [wrong, faulty],
    ]);
    expect(letters).toEqual([{ id: wrong, err: 'invalid_request' }]);
    await pair.cn.db.sql('update outbox set retry_at = null');
    expect(await poll()).toEqual([faulty]);
    await ackOnly({ ack: [faulty ?? ''], setErrs: {} });
    expect(await stateOf(faulty)).toBe('delivered');
  });

  it('halts the link where it holds another history, and gets nothing more', async () => {
    const [one, other] = await accept(record(), record());
    await poll();
    await ackOnly({ ack: [], setErrs: { [one ?? '']: { err: 'jti_conflict', description: 'other bytes' } } });
    await ackOnly(NOTHING);
    const answer = poll();
    await expect(Promise.race([answer, new Promise((r) => setTimeout(r, 700, 'waits'))])).resolves.toBe(
      'waits',
    );
    await pair.cn.db.sql('update link_state set halted_at = null, halted_reason = null');
    await pair.cn.db.sql('update outbox set retry_at = null');
    polls.raise();
    expect(await answer).toContain(other);
  });

  it('waits until something is accepted', async () => {
    const polled = poll();
    await expect(Promise.race([polled, new Promise((r) => setTimeout(r, 300, 'waits'))])).resolves.toBe(
      'waits',
    );
    const ids = await accept(record());
    expect(await polled).toEqual(ids);
  });

  it('is 401 with a challenge where it does not show who it is, and 403 where we push to it', async () => {
    const ask = (headers: object = {}) =>
      fetch(`${china.url}/exchange/poll`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"returnImmediately":true}',
      });
    for (const answer of [await ask(), await ask({ authorization: 'Bearer a.b.c' })]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(await answer.json()).toMatchObject({ err: 'authentication_failed' });
    }
    // Signed in the partner's name, for this very request, by another's key.
    const [stranger] = pair.cn.keyRing.keys;
    const [own] = pair.us.keyRing.keys;
    if (!stranger || !own) throw new Error('no key');
    const forged = { ...stranger, kid: own.kid };
    const body = '{"returnImmediately":true}';
    const authorization = await proveCaller(pair.us.issuer, pair.cn.issuer, forged, '/exchange/poll', body);
    expect((await ask({ authorization })).status).toBe(401);
    const genuine = await proveCaller(pair.us.issuer, pair.cn.issuer, own, '/exchange/poll', body);
    expect((await ask({ authorization: genuine })).status).toBe(200);
    pair.cn.link.delivery = 'push';
    await expect(poll()).rejects.toThrow('403');
    pair.cn.link.delivery = 'poll';
  });

  it('is not pushed to: what would wake its lanes wakes its polls', async () => {
    const woken: string[] = [];
    let raised = 0;
    const wake = (refs: Iterable<{ link: string }>) => woken.push(...[...refs].map((ref) => ref.link));
    const runner = divertLanes(
      { trigger: wake, drainHere: wake, hasten: wake },
      new Map([
        ['polled', { delivery: 'poll' as const }],
        ['pushed', { delivery: 'push' as const }],
      ]),
      { raise: () => raised++ },
    );
    runner.trigger([
      { link: 'polled', lane: '0' },
      { link: 'pushed', lane: '0' },
    ]);
    runner.drainHere([{ link: 'polled', lane: '1' }]);
    expect([woken, raised]).toEqual([['pushed'], 2]);
  });
});

describe('the side that polls', () => {
  const reception = (): ReceptionParts => ({
    database: pair.us.db.database,
    log,
    party: 'US',
    issuer: pair.us.issuer,
    now: () => new Date(),
    handlers: {},
  });

  it('stores and acknowledges until it is stopped, and receipts come back as messages', async () => {
    await using connected = connection();
    const stop = new AbortController();
    const answered: string[] = [];
    const running = pollLink(
      {
        database: pair.us.db.database,
        log,
        issuer: pair.us.issuer,
        keyRing: pair.us.keyRing,
        links: new Map(),
        connections: new Map(),
        reception: reception(),
        owner: 'test',
        stop: stop.signal,
        onAnswer: (link) => answered.push(link),
      },
      pair.us.link,
      connected,
      stop.signal,
    );
    const ids = await accept(record(), record());
    await expect.poll(() => Promise.all(ids.map(stateOf))).toEqual(['delivered', 'delivered']);
    const more = await accept(record());
    await expect.poll(() => stateOf(more[0])).toBe('delivered');
    stop.abort();
    await running;
    await pair.receipt(pair.us);
    expect(await Promise.all([...ids, ...more].map(stateOf))).toEqual([
      'receipted',
      'receipted',
      'receipted',
    ]);
    expect(answered).toContain('cn-gacc');
  });

  it('is answered for what it stored and did not acknowledge, and stores it once', async () => {
    const [id = ''] = await accept(record());
    const rows = await pair.cn.db.sql<{ jws: string }>('select jws from message where id = $1', [id]);
    const sets = new Map([[id, rows[0]?.jws ?? '']]);
    // It dies after it stored the message and before the next poll.
    expect((await receiveSets(reception(), pair.us.link, sets)).ack).toEqual([id]);
    expect(await poll()).toEqual([id]);
    expect((await receiveSets(reception(), pair.us.link, sets)).ack).toEqual([id]);
    await ackOnly({ ack: [id], setErrs: {} });
    expect(await stateOf(id)).toBe('delivered');
    expect(await pair.us.db.sql('select 1 from message where id = $1', [id])).toHaveLength(1);
  });

  it('tries again after a while where the partner is away, and says so', async () => {
    const stop = new AbortController();
    const running = pollLink(
      {
        database: pair.us.db.database,
        log,
        issuer: pair.us.issuer,
        keyRing: pair.us.keyRing,
        links: new Map(),
        connections: new Map(),
        reception: reception(),
        owner: 'test',
        stop: stop.signal,
        onAnswer: () => {},
      },
      { ...pair.us.link, retry: { firstMs: 5, maxMs: 20 } },
      { post: async () => ({ status: 503, headers: {}, body: 'away', ms: 1 }) },
      stop.signal,
    );
    const failure = async () =>
      (
        await pair.us.db.sql<{ attempts: number; last_error: string; failing_since: Date }>(
          'select * from partner_poll',
        )
      )[0];
    await expect.poll(async () => (await failure())?.attempts).toBeGreaterThan(2);
    stop.abort();
    await running;
    const alerts = await pollingAlerts(pair.us.db.database, ['cn-gacc'])(new Date());
    expect(alerts).toMatchObject([{ code: 'partner-poll-failing', severity: 'critical', link: 'cn-gacc' }]);
    expect(await failure()).toMatchObject({
      last_error: expect.stringContaining('503'),
      failing_since: expect.any(Date),
    });
  });
});
