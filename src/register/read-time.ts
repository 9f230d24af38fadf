import { Problem } from '../http/problem.ts';

/**
 * The two times of a register (domain.md 5.4): `asOf`, what we knew then, and `on`, what was in force then. Left
 * out: what is known now, and the cells as they stand, which may be of a decision not in force yet.
 */
export interface ReadTime {
  /** Calendar date of the stating administration, `YYYY-MM-DD`. */
  on?: string;
  /** Only what was accepted or received up to this instant. */
  asOf?: Date;
}

export interface TimeQuery {
  on?: string;
  asOf?: string;
}

const DAY = '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$';

/** For the query of every read of the register. */
export const timeQuerySchema = {
  on: {
    type: 'string',
    pattern: DAY,
    description: 'What was in force on this day, in the calendar of the administration that states it',
  },
  asOf: {
    type: 'string',
    maxLength: 40,
    description:
      'What was known then: an instant (2026-11-23T08:00:00Z), or a day, which means its end in UTC',
  },
};

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;
const DAY_MS = 86_400_000;

/** @throws Problem malformed, naming what is wrong; pointers begin at the query or the body */
export function readTimeOf({ on, asOf }: TimeQuery): ReadTime {
  return {
    ...(on === undefined ? {} : { on: dayOf(on) }),
    ...(asOf === undefined ? {} : { asOf: instantOf(asOf) }),
  };
}

function dayOf(text: string): string {
  if (isCalendarDay(text)) return text;
  throw malformed('/on', 'on must be a calendar date, YYYY-MM-DD');
}

function instantOf(text: string): Date {
  const isDay = isCalendarDay(text);
  const at = new Date(isDay ? `${text}T00:00:00Z` : text);
  if (!INSTANT.test(text) || Number.isNaN(at.getTime()) || !isCalendarDay(text.slice(0, 10)))
    throw malformed('/asOf', 'asOf must be an instant such as 2026-11-23T08:00:00Z, or a calendar date');
  return isDay ? new Date(at.getTime() + DAY_MS - 1) : at;
}

export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function malformed(pointer: string, message: string): Problem {
  return new Problem('malformed', {
    detail: `${message}.`,
    errors: [{ pointer, code: 'malformed', message }],
  });
}
