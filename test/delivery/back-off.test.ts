import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs, retryAfterMs } from '../../src/delivery/back-off.ts';

const policy = { firstMs: 1_000, maxMs: 300_000 };

describe('back-off of a lane', () => {
  it('waits between 1 s and 5 min, whatever the number of failures', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (n, random) => {
          const wait = backOffMs(n, policy, undefined, random);
          return wait >= policy.firstMs && wait <= policy.maxMs;
        },
      ),
    );
  });

  it('doubles its ceiling with each failure and jitters over the whole of it', () => {
    expect(backOffMs(1, policy, undefined, 0)).toBe(1_000);
    expect(backOffMs(1, policy, undefined, 0.5)).toBe(1_500);
    expect(backOffMs(4, policy, undefined, 0.5)).toBe(8_500);
  });

  it('never undercuts Retry-After, and takes one over an hour for a mistake', () => {
    expect(backOffMs(1, policy, 20_000, 0)).toBe(20_000);
    expect(backOffMs(1, policy, 86_400_000, 0)).toBe(3_600_000);
  });
});

describe('Retry-After (RFC 9110 10.2.3)', () => {
  const now = new Date('2026-11-23T08:00:00Z');
  it.each([
    ['120', 120_000],
    ['Mon, 23 Nov 2026 08:01:00 GMT', 60_000],
    ['Mon, 23 Nov 2026 07:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads %s', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
