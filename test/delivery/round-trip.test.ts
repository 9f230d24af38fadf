import { expect, it } from 'vitest';
import { RoundTrip } from '../../src/delivery/round-trip.ts';

it('is the least that small requests took in the last minutes, and nothing while none was made', () => {
  let now = 0;
  const trip = new RoundTrip(() => now);
  expect(trip.ms).toBe(0);
  for (const ms of [260, 240, 900]) trip.note(ms);
  expect(trip.ms).toBe(240);
  now = 301_000;
  trip.note(310);
  expect(trip.ms).toBe(240);
  // The way is another one now: the least of the window before is forgotten with the next.
  now = 602_000;
  expect(trip.ms).toBe(310);
  now = 1_300_000;
  expect(trip.ms).toBe(0);
});

it('is bounded: a partner that takes seconds for a ping is busy', () => {
  const trip = new RoundTrip(() => 0);
  trip.note(4_000);
  expect(trip.ms).toBe(1_000);
});
