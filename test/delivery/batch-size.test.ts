import { describe, expect, it } from 'vitest';
import { nextBatchSize } from '../../src/delivery/batch-size.ts';

describe('size of a request', () => {
  it('halves after a slow answer and doubles after a quick one', () => {
    expect(nextBatchSize(128, 900, 500)).toBe(64);
    expect(nextBatchSize(128, 50, 500)).toBe(256);
    expect(nextBatchSize(128, 300, 500)).toBe(128);
  });

  it('stays within what the link allows and never falls to nothing', () => {
    expect(nextBatchSize(400, 50, 500)).toBe(500);
    expect(nextBatchSize(16, 5_000, 500)).toBe(16);
    expect(nextBatchSize(16, 5_000, 1)).toBe(1);
  });
});
