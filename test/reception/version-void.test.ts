import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnterprise } from '../../src/register/read-enterprise.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair, receive } from '../support/pair.ts';
import { pushOf, type Signed, signAs } from '../support/sign.ts';

let pair: Pair;
let serial = 0;
beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

function nextSubject(): string {
  serial += 1;
  return `CN44039${String(serial).padStart(5, '0')}`;
}

async function messageOf(subject: string, version: number): Promise<Signed> {
  const data = recordOf(subject, { nextReviewDue: `202${version}-05-20`, lastValidatedOn: '2025-05-20' });
  return signAs(pair.cn, { type: 'enterprise-status', version, data }, { subject });
}

function voidOf(subject: string, version: number, messageId: string): Promise<Signed> {
  const data = { messageId, reason: 'sent by mistake' };
  return signAs(pair.cn, { type: 'version-void', version, data }, { subject });
}

async function push(...sets: Signed[]): Promise<{ ack: string[]; setErrs: Record<string, { err: string }> }> {
  return JSON.parse((await receive(pair.us, pushOf(sets))).body);
}

describe('a version-void takes the version of a withdrawn message', () => {
  it('fills the hole, so that the versions after it stand without one', async () => {
    const subject = nextSubject();
    const withdrawn = await messageOf(subject, 1);
    await push(await messageOf(subject, 2));
    expect(await holes(subject)).toEqual([1]);
    await push(await voidOf(subject, 1, withdrawn.id));
    expect(await holes(subject)).toEqual([]);
    const [record] = await readEnterprise(pair.us.db.database, subject);
    expect(record).toMatchObject({ version: 2 });
  });

  it('is a version conflict where another message than the withdrawn one holds the version', async () => {
    const subject = nextSubject();
    const [first, other] = [await messageOf(subject, 1), await messageOf(subject, 1)];
    await push(first);
    const wrong = await voidOf(subject, 1, other.id);
    expect((await push(wrong)).setErrs[wrong.id]?.err).toBe('version_conflict');

    const second = nextSubject();
    const voided = await messageOf(second, 1);
    await push(await voidOf(second, 1, voided.id));
    const intruder = await messageOf(second, 1);
    expect((await push(intruder)).setErrs[intruder.id]?.err).toBe('version_conflict');
    await pair.us.db.sql('update link_state set halted_at = null, halted_reason = null');
  });

  it('and its message may come in any order, any number of times, together or apart: nothing conflicts, the message counts, the void is moot', async () => {
    const plan = fc
      .array(fc.constantFrom('message', 'void', 'both'), { minLength: 1, maxLength: 4 })
      .chain((kinds) => {
        const pieces = kinds.flatMap((kind, n) =>
          kind === 'both' ? [`message ${n + 1}`, `void ${n + 1}`] : [`${kind} ${n + 1}`],
        );
        // Every piece at least once, in any order, with repeats, cut into requests anywhere.
        return fc.tuple(
          fc.constant(kinds),
          fc
            .array(fc.constantFrom(...pieces), { maxLength: 4 })
            .chain((more) =>
              fc.shuffledSubarray([...pieces, ...more], { minLength: pieces.length + more.length }),
            ),
          fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
        );
      });
    await fc.assert(
      fc.asyncProperty(plan, async ([kinds, order, cuts]) => {
        const subject = nextSubject();
        const signed = new Map<string, Signed>();
        for (const n of kinds.keys()) {
          const message = await messageOf(subject, n + 1);
          signed.set(`message ${n + 1}`, message);
          signed.set(`void ${n + 1}`, await voidOf(subject, n + 1, message.id));
        }
        for (const request of requestsOf(order, cuts)) {
          const sets = [...new Set(request)].map((piece) => signed.get(piece)).filter((s) => s !== undefined);
          expect((await push(...sets)).setErrs).toEqual({});
        }
        const arrived = kinds.flatMap((kind, n) => (kind === 'void' ? [] : [n + 1]));
        const voided = kinds.flatMap((kind, n) => (kind === 'message' ? [] : [n + 1]));
        expect(await versions(subject)).toEqual(arrived);
        expect(await voids(subject)).toEqual(
          voided.map((version) => ({ version, moot: arrived.includes(version) })),
        );
        expect(await holes(subject)).toEqual([]);
        const [row] = await pair.us.db.sql(
          'select last_version::int as last, versions_held::int as held, details_version::int as shown from subject where subject = $1',
          [subject],
        );
        expect(row).toEqual({ last: kinds.length, held: kinds.length, shown: arrived.at(-1) ?? null });
      }),
      { numRuns: 25 },
    );
  });
});

function requestsOf(order: readonly string[], cuts: readonly boolean[]): string[][] {
  const requests: string[][] = [[]];
  for (const [n, piece] of order.entries()) {
    if (cuts[n % cuts.length]) requests.push([]);
    requests.at(-1)?.push(piece);
  }
  return requests.filter((request) => request.length > 0);
}

async function versions(subject: string): Promise<number[]> {
  const rows = await pair.us.db.sql<{ v: number }>(
    'select version::int as v from subject_version where subject = $1 order by 1',
    [subject],
  );
  return rows.map(({ v }) => v);
}

function voids(subject: string): Promise<Record<string, unknown>[]> {
  return pair.us.db.sql(
    'select version::int as version, moot from version_void where subject = $1 order by 1',
    [subject],
  );
}

async function holes(subject: string): Promise<number[]> {
  const rows = await pair.us.db.sql<{ v: number }>(
    'select version::int as v from version_hole where subject = $1 order by 1',
    [subject],
  );
  return rows.map(({ v }) => v);
}
