import { describe, expect, it } from 'vitest';
import {
  afterAnswer,
  healthy,
  judgeFailure,
  type LaneHealth,
  type Tried,
} from '../../src/delivery/lane-health.ts';

const batch = (count: number): Tried => ({ count, failedAlone: 0, aside: false });
const single = (failedAlone = 0, aside = false): Tried => ({ count: 1, failedAlone, aside });
const lane = (members: Partial<LaneHealth> = {}): LaneHealth => ({ ...healthy, ...members });

describe('what a failure means', () => {
  it('an absent or busy partner: the lane waits by its attempts, nothing is cut or suspected', () => {
    const { health, wait, message } = judgeFailure(lane({ attempts: 7 }), 'away', single(2));
    expect({ health, wait, message }).toEqual({
      health: lane({ attempts: 8 }),
      wait: 'long',
      message: 'stays',
    });
  });

  it('5xx: twice the same batch waits, the third time it is cut in half with a short pause', () => {
    let health = lane();
    const cuts: (number | null)[] = [];
    for (let n = 0; n < 4; n++) {
      const verdict = judgeFailure(health, 'server-error', batch(health.batchLimit ?? 100));
      ({ health } = verdict);
      cuts.push(health.batchLimit);
      expect(verdict.wait).toBe(n < 2 ? 'long' : 'short');
    }
    expect(cuts).toEqual([null, null, 50, 25]);
  });

  it('5xx for a message alone: counted twice, set aside the third time', () => {
    const verdicts = [0, 1, 2].map((failed) => judgeFailure(lane(), 'server-error', single(failed)).message);
    expect(verdicts).toEqual(['counted', 'counted', 'aside']);
  });

  it('5xx for three more after the first: it is the link, and nothing is held against any of them', () => {
    let { health } = judgeFailure(lane(), 'server-error', single(2));
    const blamed: boolean[] = [];
    for (let n = 0; n < 4; n++) {
      const verdict = judgeFailure(health, 'server-error', single());
      ({ health } = verdict);
      blamed.push(verdict.blamesLink);
    }
    expect(blamed).toEqual([false, false, true, true]);
  });

  it('of a message that was set aside, tried because nothing else is left: it waits by itself, the lane does not', () => {
    const before = lane({ asides: 1, singlesFailed: 1 });
    for (const failure of ['server-error', 'link-fault'] as const) {
      expect(judgeFailure(before, failure, single(3, true))).toMatchObject({
        health: before,
        wait: 'none',
        message: 'later',
      });
    }
    expect(judgeFailure(before, 'away', single(3, true))).toMatchObject({ wait: 'long', message: 'stays' });
  });

  it('no answer in time: fewer messages are sent, but none is ever set aside for it', () => {
    expect(judgeFailure(lane({ serverFailures: 2 }), 'timeout', batch(64)).health.batchLimit).toBe(32);
    expect(judgeFailure(lane({ serverFailures: 9 }), 'timeout', single(9)).message).toBe('stays');
  });
});

describe('after an answer', () => {
  it('batches grow again when as many messages were answered as were suspect', () => {
    const cut = lane({ batchLimit: 8, suspects: 20, attempts: 3 });
    const once = afterAnswer(cut, 8, { parked: 0, back: 0 });
    expect(once).toMatchObject({ batchLimit: 8, suspects: 12, attempts: 0 });
    expect(afterAnswer(once, 12, { parked: 0, back: 0 })).toEqual(healthy);
  });

  it('messages that were only tried meanwhile are tried one by one again', () => {
    const searching = lane({ batchLimit: 1, suspects: 1, asides: 3, singlesFailed: 3 });
    expect(afterAnswer(searching, 1, { parked: 1, back: 2 })).toEqual(
      lane({ batchLimit: 1, suspects: 2, asides: 0 }),
    );
  });
});
