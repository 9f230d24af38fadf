import type { Party, Programme } from '../generated/codes.ts';
import { partyEntry } from './codes.ts';

export type { Party, Programme };

/** An `enterprise.id` begins with the ISO 3166-1 code of the party that is its authority (domain.md 2). */
export function partyOf(id: string): Party | undefined {
  if (id.startsWith('CN')) return 'CN';
  if (id.startsWith('US')) return 'US';
  return undefined;
}

export function partnerOf(party: Party): Party {
  return party === 'CN' ? 'US' : 'CN';
}

export function programmeOf(party: Party): Programme {
  return partyEntry(party).programme;
}

/** The member in which a party's records say how well an enterprise meets the criteria (domain.md 3.5). */
export function gradeMemberOf(party: Party): 'class' | 'tier' {
  return party === 'CN' ? 'class' : 'tier';
}

/** Offsets of both zones are whole quarters of an hour, so a day never changes inside a quarter. */
const QUARTER_MS = 15 * 60 * 1000;

const calendars = { CN: calendar(partyEntry('CN').timeZone), US: calendar(partyEntry('US').timeZone) };

/**
 * A date in a message is a calendar date of the stating administration (domain.md 5.4).
 *
 * @returns the day, `YYYY-MM-DD`, that the party's calendar shows at this instant
 */
export function calendarDay(party: Party, instant: Date): string {
  return calendars[party](instant.getTime());
}

/** A formatter costs some 3 µs a call and nearly all calls ask for now, so the last quarter is kept. */
function calendar(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  let lastQuarter = Number.NaN;
  let lastDay = '';
  return (atMs) => {
    const quarter = Math.floor(atMs / QUARTER_MS);
    if (quarter !== lastQuarter) {
      const parts = { year: '', month: '', day: '' };
      for (const { type, value } of format.formatToParts(atMs)) {
        if (type === 'year' || type === 'month' || type === 'day') parts[type] = value;
      }
      lastDay = `${parts.year.padStart(4, '0')}-${parts.month}-${parts.day}`;
      lastQuarter = quarter;
    }
    return lastDay;
  };
}
