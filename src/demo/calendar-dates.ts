import type { Random } from './random.ts';

const DAY_MS = 86_400_000;

/** A calendar date, `2026-11-23`. ISO 8601 dates order as strings. */
export type CalendarDate = string;

export function daysAfter(date: CalendarDate, days: number): CalendarDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function yearsAfter(date: CalendarDate, years: number): CalendarDate {
  return daysAfter(date, Math.round(years * 365.2425));
}

/** Any date from `first` to `last`, both included. */
export function dateWithin(random: Random, first: CalendarDate, last: CalendarDate): CalendarDate {
  const days = (Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / DAY_MS;
  if (days < 0) throw new RangeError(`no date from ${first} to ${last}`);
  return daysAfter(first, random.integer(0, days));
}
