import { describe, expect, it } from 'vitest';
import { CONTROL_LANE, laneOf, lanesOf } from '../../src/delivery/lane-of.ts';

describe('lane of a subject', () => {
  it('is the same for all messages of the subject', () => {
    expect(laneOf('CN4403960A1B', 8)).toBe(laneOf('CN4403960A1B', 8));
  });

  it('spreads subjects evenly', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 8_000; n++) {
      const lane = laneOf(`CN${4400000000 + n}`, 8);
      counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }
    expect(counts.size).toBe(8);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('is never the control lane, which the gateways keep for their own messages', () => {
    expect(lanesOf(3)).toEqual(['0', '1', '2', CONTROL_LANE]);
  });
});
