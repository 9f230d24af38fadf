import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarDay, gradeMemberOf, partnerOf, partyOf, programmeOf } from '../../../src/contract/party.ts';

describe('a party', () => {
  test('is the country of an id, has a programme, a partner and a member for the grade', () => {
    expect(partyOf('CN4403960A1B')).toBe('CN');
    expect(partyOf('US10000042')).toBe('US');
    expect(partyOf('JP1')).toBeUndefined();
    expect(programmeOf('CN')).toBe('CN-AEO');
    expect(programmeOf('US')).toBe('US-CTPAT');
    expect(partnerOf('CN')).toBe('US');
    expect(partnerOf('US')).toBe('CN');
    expect([gradeMemberOf('CN'), gradeMemberOf('US')]).toEqual(['class', 'tier']);
  });

  test.each([
    ['CN', '2026-11-23T15:59:59.999Z', '2026-11-23'],
    ['CN', '2026-11-23T16:00:00.000Z', '2026-11-24'],
    ['US', '2026-11-23T04:59:59.999Z', '2026-11-22'],
    ['US', '2026-11-23T05:00:00.000Z', '2026-11-23'],
    ['US', '2026-07-01T03:59:59.999Z', '2026-06-30'],
    ['US', '2026-07-01T04:00:00.000Z', '2026-07-01'],
    ['US', '2008-02-29T12:00:00.000Z', '2008-02-29'],
  ] as const)('%s at %s has the day %s', (party, instant, day) => {
    expect(calendarDay(party, new Date(instant))).toBe(day);
  });

  test('shows the day that its zone has, in whatever order it is asked', () => {
    const zones = { CN: 'Asia/Shanghai', US: 'America/New_York' } as const;
    const date = fc.date({ min: new Date('1995-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.constantFrom('CN' as const, 'US' as const), (instant, party) => {
        const expected = new Intl.DateTimeFormat('sv-SE', { timeZone: zones[party], dateStyle: 'short' });
        return calendarDay(party, instant) === expected.format(instant);
      }),
      { numRuns: 300 },
    );
  });
});
