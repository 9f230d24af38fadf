import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/store/errors.ts';
import { type IntakeLimits, openIntake } from '../../../src/submission/intake/admit-intake.ts';
import { IntakeRefused } from '../../../src/submission/intake/intake-refused.ts';

const limits: IntakeLimits = { atOnceMax: 2, waitingMax: 2, waitMsMax: 100, restMs: 200 };
const one = new Map([['us', 1]]);

function open(waiting = 0, own: Partial<IntakeLimits> = {}) {
  const counts = new Map([['us', waiting]]);
  const gauge = {
    waiting: (link: string) => counts.get(link) ?? 0,
    note: (link: string, messages: number) => counts.set(link, (counts.get(link) ?? 0) + messages),
    async [Symbol.asyncDispose]() {},
  };
  return { counts, intake: openIntake({ gauge, outboxMax: () => 10, limits: { ...limits, ...own } }) };
}

const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof IntakeRefused ? error.reason : error),
  );

describe('intake', () => {
  it('takes what the outbox has room for, to the last message, and begins nothing beyond', async () => {
    const { intake, counts } = open(7);
    let begun = 0;
    const work = async () => void begun++;
    expect(await reasonOf(intake.admit(new Map([['us', 4]]), work))).toBe('outbox-full');
    expect(await reasonOf(intake.admit(new Map([['us', 3]]), work))).toBe('done');
    expect(await reasonOf(intake.admit(one, work))).toBe('outbox-full');
    expect(begun).toBe(1);
    expect(counts.get('us')).toBe(10);
    counts.set('us', 9);
    expect(await reasonOf(intake.admit(one, work))).toBe('done');
  });

  it('looks again at the room when a request waited for its turn', async () => {
    const { intake } = open(9, { atOnceMax: 1, waitMsMax: 1_000 });
    const first = intake.admit(one, () => delay(30));
    const second = reasonOf(intake.admit(one, async () => undefined));
    await first;
    expect(await second).toBe('outbox-full');
  });

  it('lets so many in at once, keeps so many waiting, in order and not for ever', async () => {
    const { intake } = open();
    const slow = [1, 2].map(() => intake.admit(one, () => delay(160)));
    const waiting = [1, 2].map(() => reasonOf(intake.admit(one, async () => undefined)));
    expect(await reasonOf(intake.admit(one, async () => undefined))).toBe('busy');
    expect(await Promise.all(waiting)).toEqual(['busy', 'busy']);
    await Promise.all(slow);
    const order: number[] = [];
    const turns = [1, 2, 3, 4].map((n) =>
      intake.admit(one, async () => {
        await delay(20);
        order.push(n);
      }),
    );
    await Promise.all(turns);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('rests after the database said that its disk is full, then tries again', async () => {
    const { intake } = open();
    const full = new StoreError('disk-full', 'full');
    expect(await reasonOf(intake.admit(one, () => Promise.reject(full)))).toBe(full);
    let begun = 0;
    expect(await reasonOf(intake.admit(one, async () => begun++))).toBe('disk-full');
    expect(begun).toBe(0);
    await delay(210);
    expect(await reasonOf(intake.admit(one, async () => begun++))).toBe('done');
  });
});
