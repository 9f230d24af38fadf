import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { BusinessMessage } from '../../src/contract/messages.ts';
import { calendarDay } from '../../src/contract/party.ts';
import { readStoredSet } from '../../src/envelope/read-set.ts';
import { recognise } from '../../src/recognition/recognise.ts';
import { readEnterprise } from '../../src/register/read-enterprise.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair, receive, type Side } from '../support/pair.ts';

// Ids bear the simulated time: the real ones never go back.
vi.mock('uuid', async () => {
  const { randomBytes } = await import('node:crypto');
  return {
    v7: () => {
      const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
});

/** How many histories; the full size is proved by bench/prove/register.ts. */
const HISTORIES = Number(process.env.REGISTER_HISTORIES ?? 8);
const START = Date.UTC(2026, 8, 20, 3);
const HOUR = 3_600_000;
const LENGTH_MAX = 10;

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair[Symbol.asyncDispose]());
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

type Data = BusinessMessage['data'];

/** What the naive model knows of a message: what it says, its version, and when a side had it. */
interface Known {
  version: number;
  type: string;
  data: Data;
  at: Date;
}

const step = fc.record({
  kind: fc.constantFrom('record', 'record', 'change', 'change', 'change', 'correction'),
  change: fc.nat({ max: 5 }),
  /** Hours since the step before. */
  wait: fc.integer({ min: 1, max: 60 }),
  /** Days until a decision takes effect. */
  delay: fc.nat({ max: 6 }),
  validDays: fc.option(fc.integer({ min: -3, max: 30 })),
  consent: fc.constantFrom('kept', 'kept', 'kept', 'withdrawn'),
  pick: fc.nat(),
});
const histories = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: LENGTH_MAX }),
  order: fc.array(fc.nat(), { minLength: 3 * LENGTH_MAX, maxLength: 3 * LENGTH_MAX }),
  batch: fc.integer({ min: 1, max: 4 }),
});

const CHANGES = [
  ['suspended', 'certified', 'suspended'],
  ['reinstated', 'suspended', 'certified'],
  ['revoked', 'certified', 'revoked'],
  ['granted', 'revoked', 'certified'],
  ['downgraded', 'certified', 'certified'],
  ['withdrawn', 'suspended', 'withdrawn'],
] as const;

const plusDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

const original = ({ data, version }: Known): number => Math.min(data.correction?.version ?? version, version);
const effectiveOf = ({ data }: Known): string =>
  'effectiveOn' in data ? data.effectiveOn : (data as { statusSince: string }).statusSince;
const saysOf = ({ data }: Known) => {
  const to = 'to' in data ? data.to : (data as { status: string; class?: string });
  return { status: to.status, grade: to.class ?? null, since: effectiveOf({ data } as Known) };
};

/** The standing and the record by the messages alone: drop what a greater correction replaces, take the greatest left. */
function naive(known: readonly Known[], on: string | undefined, asOf: Date | undefined) {
  const seen = known.filter(({ at }) => asOf === undefined || at <= asOf);
  const winners = (all: readonly Known[]) =>
    all
      .filter((one) => !all.some((other) => original(other) === original(one) && other.version > one.version))
      .sort((a, b) => original(b) - original(a));
  const standing = winners(seen).find((one) => on === undefined || effectiveOf(one) <= on);
  const records = seen.filter(
    ({ type, at }) => type === 'enterprise-status' && (on === undefined || calendarDay('CN', at) <= on),
  );
  return { standing: standing && saysOf(standing), data: winners(records)[0]?.data ?? null };
}

function naiveReason(known: readonly Known[], on: string, asOf: Date | undefined): string {
  const { standing, data } = naive(known, on, asOf);
  if (!standing) return 'unknown';
  if (standing.status !== 'certified') return standing.status;
  const record = data as { validUntil?: string; consent?: { withdrawnOn?: string } } | null;
  if (record?.validUntil && record.validUntil < on) return 'validity-ended';
  if (record?.consent?.withdrawnOn && record.consent.withdrawnOn <= on) return 'consent-withdrawn';
  return standing.grade === 'advanced-certified' ? 'recognised' : 'class-not-recognised';
}

/** Plays the steps at the sender; what its register forbids is refused there and is no part of the history. */
async function play(
  cn: Side,
  id: string,
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
): Promise<Known[]> {
  const sent: Known[] = [];
  let now = START;
  for (const one of steps) {
    now += one.wait * HOUR;
    vi.setSystemTime(now);
    const today = calendarDay('CN', new Date());
    const stands = naive(sent, undefined, undefined).standing;
    const body = bodyOf(id, one, today, stands, sent);
    if (!body) continue;
    const [outcome] = await cn.submit(body);
    if (!outcome || 'refused' in outcome) continue;
    sent.push({
      version: outcome.accepted.version,
      type: body.type,
      data: body.data as Data,
      at: new Date(now),
    });
  }
  return sent;
}

function bodyOf(
  id: string,
  one: typeof step extends fc.Arbitrary<infer S> ? S : never,
  today: string,
  stands: ReturnType<typeof naive>['standing'],
  sent: readonly Known[],
): { type: string; data: object } | undefined {
  const consent =
    one.consent === 'kept'
      ? { givenOn: '2023-06-12' }
      : { givenOn: '2023-06-12', withdrawnOn: plusDays(today, one.delay) };
  const recordMembers = {
    ...(one.validDays === null ? {} : { validUntil: plusDays(today, one.validDays) }),
    consent,
    reason: `said on ${today} ${one.pick}`,
  };
  if (!stands || one.kind === 'record') {
    const members = stands
      ? { status: stands.status, class: stands.grade ?? undefined, statusSince: stands.since }
      : { occasion: 'initial-load', statusSince: '2026-08-01' };
    return {
      type: 'enterprise-status',
      data: JSON.parse(JSON.stringify(recordOf(id, { ...recordMembers, ...members }))),
    };
  }
  if (one.kind === 'correction') return correctionOf(one, today, sent);
  const usable = CHANGES.filter(
    ([change, from]) =>
      from === stands.status && (change !== 'downgraded' || stands.grade === 'advanced-certified'),
  );
  const [change, from, to] = usable[one.change % Math.max(usable.length, 1)] ?? [];
  if (!change) return undefined;
  const effectiveOn = [plusDays(today, one.delay), stands.since].sort().at(-1);
  const grade = stands.grade ?? 'advanced-certified';
  const lower =
    change === 'downgraded'
      ? 'certified'
      : change === 'revoked'
        ? 'regular'
        : grade === 'regular'
          ? 'advanced-certified'
          : grade;
  const data = changeOf(id, {
    change,
    from: { status: from, ...(stands.grade ? { class: stands.grade } : {}) },
    to: { status: to, class: lower },
    decidedOn: today,
    effectiveOn,
    reasonCode: 'other',
    reason: 'as decided',
  });
  return { type: 'certification-change', data };
}

function correctionOf(
  one: typeof step extends fc.Arbitrary<infer S> ? S : never,
  today: string,
  sent: readonly Known[],
): { type: string; data: object } | undefined {
  const originals = sent.filter(({ data }) => !data.correction);
  const target = originals[one.pick % Math.max(originals.length, 1)];
  if (!target) return undefined;
  const pointer = target.type === 'certification-change' ? '/effectiveOn' : '/statusSince';
  const value =
    target.type === 'certification-change'
      ? plusDays((target.data as { decidedOn: string }).decidedOn, one.delay)
      : plusDays('2026-08-01', one.delay);
  const correction = {
    messageId: '01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e',
    version: target.version,
    changes: [{ pointer, old: effectiveOf(target), new: value }],
    reason: `mistyped, seen on ${today}`,
  };
  const occasion = target.type === 'enterprise-status' ? { occasion: 'correction' } : {};
  return { type: target.type, data: { ...target.data, [pointer.slice(1)]: value, ...occasion, correction } };
}

/** Gives the receiver every message twice, in any order, in batches. */
async function scatter(
  cn: Side,
  us: Side,
  id: string,
  order: readonly number[],
  batch: number,
): Promise<Known[]> {
  const rows = await cn.db.sql<{ id: string; jws: string }>(
    `select id, jws from message where subject = $1 and direction = 'out'`,
    [id],
  );
  const twice = [...rows, ...rows].map((row, n) => ({ row, key: order[n % order.length] ?? n }));
  const arriving = twice.sort((a, b) => a.key - b.key).map(({ row }) => row);
  for (let from = 0; from < arriving.length; from += batch) {
    vi.setSystemTime(Date.now() + 7 * HOUR);
    const sets = Object.fromEntries(arriving.slice(from, from + batch).map((row) => [row.id, row.jws]));
    const answer = JSON.parse((await receive(us, JSON.stringify({ sets }))).body);
    expect(answer.setErrs ?? {}).toEqual({});
  }
  const stored = await us.db.sql<{ jws: string; at: Date }>(
    `select jws, at from message where subject = $1 and direction = 'in'`,
    [id],
  );
  return stored.map(({ jws, at }) => {
    const { event } = readStoredSet(jws);
    return { version: event.version ?? 0, type: event.type, data: event.data as Data, at };
  });
}

async function expectNaive(side: Side, id: string, known: readonly Known[]): Promise<void> {
  const { database } = side.db;
  const instants = [undefined, ...known.flatMap(({ at }) => [at, new Date(at.getTime() - 1)])];
  const days = [
    undefined,
    ...new Set(known.flatMap((k) => [calendarDay('CN', k.at), effectiveOf(k)])),
  ].flatMap((day) => (day === undefined ? [day] : [day, plusDays(day, -1)]));
  const parts = {
    database,
    party: side.party,
    links: new Map([[side.link.id, side.link]]),
    lastHeard: () => undefined,
    now: () => new Date(),
  };
  for (const asOf of instants) {
    for (const on of days) {
      const time = { ...(on === undefined ? {} : { on }), ...(asOf === undefined ? {} : { asOf }) };
      const [record] = await readEnterprise(database, id, undefined, time);
      const wanted = naive(known, on, asOf);
      const standing = record?.standing ?? undefined;
      expect(standing && { status: standing.status, grade: standing.grade, since: standing.since }).toEqual(
        wanted.standing,
      );
      expect(record?.details?.data ?? null).toEqual(wanted.data);
      const [answer] = await recognise(parts, [id], time);
      const day = on ?? calendarDay('CN', asOf ?? new Date());
      expect(answer?.reason).toBe(naiveReason(known, day, asOf));
    }
  }
}

it('both registers end equal, and every answer for a time is what the messages say', async () => {
  let serial = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ({ steps, order, batch }) => {
      const id = `CN4403${(36 ** 5 + serial++).toString(36).toUpperCase()}`;
      const sent = await play(pair.cn, id, steps);
      const received = await scatter(pair.cn, pair.us, id, order, batch);
      expect(received).toHaveLength(sent.length);
      const [ours] = await readEnterprise(pair.cn.db.database, id);
      const [theirs] = await readEnterprise(pair.us.db.database, id);
      const said = ({ details, standing }: NonNullable<typeof ours>) => ({
        record: details?.data,
        details: details?.source,
        standing: standing && { ...standing, receivedAt: null },
      });
      expect(theirs && said(theirs)).toEqual(ours && said(ours));
      await expectNaive(pair.cn, id, sent);
      await expectNaive(pair.us, id, received);
    }),
    { numRuns: HISTORIES, endOnFailure: true },
  );
}, 600_000);
