import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaneRef } from '../../src/delivery/claim-lane.ts';
import { releaseHeld } from '../../src/delivery/release-held.ts';
import { editionMemory } from '../../src/delivery/remember-edition.ts';
import type { Outcome } from '../../src/submission/submission.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { drainToTheEnd, idsOf, laneRow, letPass, outboxOf } from '../support/outbox.ts';
import { createPair, type Pair } from '../support/pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
  // One lane, so that messages stand beside one another.
  pair.cn.link.lanes = 1;
});
afterEach(() => pair[Symbol.asyncDispose]());

const subjectOf = (n: number): string => `CN44039${String(n).padStart(5, '0')}`;

function idOf(outcome: Outcome | undefined): string {
  if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.accepted.id;
}

/** Records of so many enterprises. */
async function submitRecords(count: number, first = 1): Promise<string[]> {
  const bodies = Array.from({ length: count }, (_, n) => ({
    type: 'enterprise-status',
    data: recordOf(subjectOf(first + n)),
  }));
  return (await pair.cn.submit(...bodies)).map(idOf);
}

async function submitChange(subject: string, urgent: boolean): Promise<string> {
  const [outcome] = await pair.cn.submit({
    type: 'certification-change',
    data: changeOf(subject, urgent ? {} : { urgent: false }),
  });
  return idOf(outcome);
}

const failing = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: '',
  ms: 1,
});

/** The partner fails with 5xx at every request that carries one of these. */
function poison(...ids: string[]): { requests: number } {
  const seen = { requests: 0 };
  pair.wire.post = async (_to, body, forward) => {
    seen.requests++;
    return idsOf(body).some((id) => ids.includes(id)) ? failing(500) : forward();
  };
  return seen;
}

async function received(): Promise<string[]> {
  const rows = await pair.us.db.sql<{ id: string }>(
    `select id from message where direction = 'in' order by id`,
  );
  return rows.map(({ id }) => id);
}

describe('413 and too_many_sets', () => {
  it('halve the batch until the partner takes it, at once and without a pause', async () => {
    const ids = await submitRecords(40);
    const sizes: number[] = [];
    pair.wire.post = async (_to, body, forward) => {
      sizes.push(idsOf(body).length);
      return idsOf(body).length > 6 ? failing(413) : forward();
    };
    expect((await pair.deliver(pair.cn, ['0'])).map((d) => d.ended)).toEqual(['empty']);
    expect(await received()).toEqual(ids.toSorted());
    expect(sizes.slice(0, 4)).toEqual([40, 20, 10, 5]);
    expect(await laneRow(pair.cn)).toMatchObject({ attempts: 0, batch_limit: null, suspects: 0 });
  });

  it('park a message that is alone in its request, and the others go on', async () => {
    const ids = await submitRecords(5);
    const [, big] = ids;
    pair.wire.post = async (_to, body, forward) =>
      idsOf(body).some((id) => id === big)
        ? { ...failing(400), body: JSON.stringify({ err: 'too_many_sets', description: 'too large' }) }
        : forward();
    await drainToTheEnd(pair, pair.cn);
    expect(await outboxOf(pair.cn)).toMatchObject([{ id: big, parked: true }]);
    expect(await received()).toHaveLength(4);
  });

  it('are the link where every message is too large: three are parked at most, the lane backs off', async () => {
    await submitRecords(12);
    pair.wire.post = async () => failing(413);
    for (let round = 0; round < 6; round++) {
      for (const drained of await pair.deliver(pair.cn, ['0'])) letPass(pair, drained);
    }
    expect((await outboxOf(pair.cn)).filter((m) => m.parked)).toHaveLength(3);
    expect((await laneRow(pair.cn)).attempts).toBe(6);
  });
});

describe('a poisonous message', () => {
  it('is found by halving, set aside, and parked once the partner has answered the next of another subject', async () => {
    const ids = await submitRecords(40);
    const [bad] = ids.slice(17);
    const seen = poison(bad ?? '');
    await drainToTheEnd(pair, pair.cn);
    expect(await outboxOf(pair.cn)).toMatchObject([{ id: bad, parked: true, aside: false }]);
    expect(await received()).toEqual(ids.filter((id) => id !== bad).toSorted());
    expect(seen.requests).toBeLessThan(25);
    expect(await laneRow(pair.cn)).toMatchObject({ attempts: 0, batch_limit: null, singles_failed: 0 });
    const [entry] = await pair.cn.db.sql<{ content: string }>(
      `select content from audit_pending where content like '%message-parked%'`,
    );
    expect(JSON.parse(entry?.content ?? '{}')).toMatchObject({ kind: 'message-parked', message: bad });
  });

  it('holds later messages of its subject behind it, but never an urgent one', async () => {
    const [bad] = await submitRecords(3);
    poison(bad ?? '');
    await drainToTheEnd(pair, pair.cn);
    const held = await submitChange(subjectOf(1), false);
    await pair.deliver(pair.cn, ['0']);
    expect((await outboxOf(pair.cn)).map((m) => m.id)).toEqual([bad, held]);
    const [again] = await pair.cn.submit({
      type: 'certification-change',
      data: changeOf(subjectOf(1), {
        change: 'revoked',
        from: { status: 'suspended', class: 'advanced-certified' },
        to: { status: 'revoked', class: 'regular' },
      }),
    });
    await pair.deliver(pair.cn, ['0']);
    expect((await outboxOf(pair.cn)).map((m) => m.id)).toEqual([bad, held]);
    expect(await received()).toContain(idOf(again));
  });

  it('is tried by itself where the lane holds nothing else, and new messages do not wait for it', async () => {
    const [bad] = await submitRecords(1);
    poison(bad ?? '');
    await drainToTheEnd(pair, pair.cn);
    expect(await outboxOf(pair.cn)).toMatchObject([{ id: bad, aside: true, parked: false }]);
    const [next] = await submitRecords(1, 2);
    expect((await pair.deliver(pair.cn, ['0'])).map((d) => d.ended)).toEqual(['empty']);
    expect(await received()).toEqual([next]);
    expect(await outboxOf(pair.cn)).toMatchObject([{ id: bad, parked: true }]);
  });

  it('of two subjects are two: both are parked, nothing else is', async () => {
    const ids = await submitRecords(20);
    const bad = [ids[3] ?? '', ids[4] ?? ''];
    poison(...bad);
    await drainToTheEnd(pair, pair.cn);
    expect((await outboxOf(pair.cn)).map(({ id, parked }) => ({ id, parked }))).toEqual(
      bad.map((id) => ({ id, parked: true })),
    );
  });
});

describe('5xx for whatever is sent', () => {
  it('is the link after three more failed: nothing is parked, the lane backs off, and all goes when it is over', async () => {
    const ids = await submitRecords(30);
    let requests = 0;
    pair.wire.post = async () => {
      requests++;
      return failing(503);
    };
    for (let round = 0; round < 25; round++) {
      for (const drained of await pair.deliver(pair.cn, ['0'])) letPass(pair, drained);
    }
    expect(requests).toBe(25);
    expect((await outboxOf(pair.cn)).filter((m) => m.parked)).toEqual([]);
    expect(Number((await laneRow(pair.cn)).attempts)).toBeGreaterThan(20);

    pair.wire.post = (_to, _body, forward) => forward();
    await drainToTheEnd(pair, pair.cn);
    expect(await received()).toEqual(ids.toSorted());
    expect(await outboxOf(pair.cn)).toEqual([]);
    expect(await laneRow(pair.cn)).toMatchObject({ attempts: 0, batch_limit: null, singles_failed: 0 });
  });

  it('is an outage where the ping is not answered either: no batch is cut, no message suspected', async () => {
    await submitRecords(30);
    pair.wire.ping = async () => false;
    pair.wire.post = async (_to, body) => {
      expect(idsOf(body)).toHaveLength(30);
      return failing(502);
    };
    for (let round = 0; round < 8; round++) {
      for (const drained of await pair.deliver(pair.cn, ['0'])) letPass(pair, drained);
    }
    expect(await laneRow(pair.cn)).toMatchObject({ attempts: 8, batch_limit: null, suspects: 0 });
    expect((await outboxOf(pair.cn)).some((m) => m.aside || m.parked)).toBe(false);
  });

  it('with Retry-After is the partner being busy: the wait is as asked for, no message suspected', async () => {
    await submitRecords(1);
    pair.wire.post = async () => failing(503, { 'retry-after': '90' });
    for (let round = 0; round < 6; round++) {
      const [drained] = await pair.deliver(pair.cn, ['0']);
      expect(drained).toMatchObject({ ended: 'backing-off' });
      if (drained?.ended === 'backing-off') expect(drained.waitMs).toBeGreaterThanOrEqual(90_000);
      if (drained) letPass(pair, drained);
    }
    expect((await outboxOf(pair.cn)).some((m) => m.aside || m.parked)).toBe(false);
  });
});

describe('a fault of the link (step 1 of the checks)', () => {
  it.each(['invalid_key', 'invalid_issuer', 'invalid_audience', 'authentication_failed', 'invalid_set'])(
    '%s for every message burns none: the lane backs off, and all go when it is mended',
    async (err) => {
      const ids = await submitRecords(3);
      pair.wire.post = async (_to, body) => ({
        ...failing(202),
        body: JSON.stringify({
          ack: [],
          setErrs: Object.fromEntries(idsOf(body).map((id) => [id, { err, description: 'not ours' }])),
        }),
      });
      for (let round = 0; round < 8; round++) {
        for (const drained of await pair.deliver(pair.cn, ['0'])) letPass(pair, drained);
      }
      expect(await laneRow(pair.cn)).toMatchObject({ attempts: 8 });
      expect((await outboxOf(pair.cn)).some((m) => m.aside || m.parked)).toBe(false);
      pair.wire.post = (_to, _body, forward) => forward();
      await drainToTheEnd(pair, pair.cn);
      expect(await received()).toEqual(ids.toSorted());
    },
  );

  it('of one message beside others that are taken does not stop these, and it goes when it is mended', async () => {
    const ids = await submitRecords(6);
    const [faulty] = ids;
    pair.wire.post = async (to, body, forward) => {
      expect(to).toBe(pair.us);
      if (!idsOf(body).some((id) => id === faulty)) return forward();
      const ack = idsOf(body).filter((id) => id !== faulty);
      return {
        ...failing(202),
        body: JSON.stringify({
          ack,
          setErrs: { [faulty ?? '']: { err: 'invalid_key', description: 'unknown kid' } },
        }),
      };
    };
    await drainToTheEnd(pair, pair.cn);
    expect(await outboxOf(pair.cn)).toMatchObject([{ id: faulty, aside: true, parked: false }]);
    const [more] = await submitRecords(1, 7);
    await pair.deliver(pair.cn, ['0']);
    expect(await received()).toEqual([more]);

    pair.wire.post = (_to, _body, forward) => forward();
    pair.clockAheadMs += 600_000;
    await drainToTheEnd(pair, pair.cn);
    expect(await outboxOf(pair.cn)).toEqual([]);
    expect(await received()).toContain(faulty);
  });
});

describe('messages that wait because a clock was ahead when they were signed', () => {
  it('are tried together, once in each pause, however many they are; one that fails alone is still found', async () => {
    const ids = await submitRecords(40);
    const ahead = new Set(ids.slice(0, 30));
    let requests = 0;
    pair.wire.post = async (_to, body, forward) => {
      requests++;
      const faulty = idsOf(body).filter((id) => ahead.has(id));
      if (faulty.length === 0) return forward();
      const description = "the claim iat is more than 120 s ahead of this gateway's clock";
      return {
        ...failing(202),
        body: JSON.stringify({
          ack: idsOf(body).filter((id) => !ahead.has(id)),
          setErrs: Object.fromEntries(faulty.map((id) => [id, { err: 'invalid_set', description }])),
        }),
      };
    };
    await drainToTheEnd(pair, pair.cn);
    for (let pause = 0; pause < 5; pause++) {
      pair.clockAheadMs += 600_000;
      requests = 0;
      await drainToTheEnd(pair, pair.cn);
      expect(requests).toBe(1);
    }
    expect((await outboxOf(pair.cn)).filter((m) => m.aside && !m.parked)).toHaveLength(30);

    const [bad = ''] = ahead;
    const seen = poison(bad);
    pair.clockAheadMs += 600_000;
    await drainToTheEnd(pair, pair.cn);
    const [more] = await submitRecords(1, 41);
    await drainToTheEnd(pair, pair.cn);
    expect(await received()).toEqual([...[...ahead].filter((id) => id !== bad), more].toSorted());
    expect(seen.requests).toBeLessThan(25);
  });
});

describe('a partner that keeps to RFC 8935 alone', () => {
  it('may mean by invalid_request that it could not read: the message is parked, not refused', async () => {
    const [bad, good] = await submitRecords(2);
    pair.cn.link.profile = 'rfc8935';
    pair.wire.post = async () => ({
      ...failing(202),
      body: JSON.stringify({
        ack: [good],
        setErrs: { [bad ?? '']: { err: 'invalid_request', description: 'what?' } },
      }),
    });
    await pair.deliver(pair.cn, ['0']);
    expect(await outboxOf(pair.cn)).toMatchObject([{ id: bad, parked: true }]);
    expect(await pair.cn.db.sql('select 1 from dead_letter')).toEqual([]);
  });
});

describe('a message that needs a newer contract edition than the partner announced', () => {
  it('is held with what follows of its subject, and goes when the edition is announced', async () => {
    const ids = await submitRecords(2);
    const later = await submitChange(subjectOf(1), false);
    await pair.cn.db.sql('update outbox set edition = 2 where id = $1', [ids[0]]);
    await pair.cn.db.sql(`update link_state set partner_edition = '1'`);
    await pair.deliver(pair.cn, ['0']);
    expect(await received()).toEqual([ids[1]]);

    const woken: LaneRef[] = [];
    const { database } = pair.cn.db;
    const releasing = (edition: string) => ({
      database,
      log: pino({ level: 'silent' }),
      links: [pair.cn.link],
      ping: async () => ({ ok: true, edition, roundTripMs: 1, skewMs: 0, status: 202, error: null }),
      remember: editionMemory(database),
      trigger: (refs: Iterable<LaneRef>) => woken.push(...refs),
    });
    await releaseHeld(releasing('1'));
    expect(woken).toEqual([]);
    await releaseHeld(releasing('2'));
    expect(woken).toEqual([{ link: 'us-cbp', lane: '0' }]);
    await pair.deliver(pair.cn, ['0']);
    expect(await received()).toEqual([...ids, later].toSorted());
  });
});

describe('an owner that was stopped for longer than its lease', () => {
  it("records its request, and says nothing of the lane, which is another's", async () => {
    await submitRecords(1);
    pair.wire.post = async () => {
      await pair.cn.db.sql(`update lane set owner = 'other', lease_until = now() + interval '8 s'`);
      return failing(503, { 'retry-after': '600' });
    };
    await pair.deliver(pair.cn, ['0']);
    expect(await laneRow(pair.cn)).toMatchObject({ attempts: 0, next_attempt_at: null, last_error: null });
    expect(await pair.cn.db.sql('select status from attempt')).toEqual([{ status: 503 }]);
    expect(await outboxOf(pair.cn)).toHaveLength(1);
  });
});
