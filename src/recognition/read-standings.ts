import { calendarDay, type Party } from '../contract/party.ts';
import type { Status } from '../generated/codes.ts';
import type { ReadTime } from '../register/read-time.ts';
import { readMessageData, readVersions } from '../register/read-versions.ts';
import { stateAt } from '../register/state-at.ts';
import { type SubjectKey, subjectKeyText } from '../register/subject-key.ts';
import type { Database } from '../store/database.ts';
import type { RecordThen, StandingThen } from './decide-recognition.ts';

/** What recognition asks of one enterprise of one link, on one day. */
export interface EnterpriseThen {
  id: string;
  link: string;
  party: Party;
  standing: (StandingThen & { since: string; message: string; receivedAt: Date }) | undefined;
  record: (RecordThen & { message: string; receivedAt: Date }) | undefined;
}

interface Row {
  link: string;
  party: Party;
  subject: string;
  detailsMessage: string | null;
  detailsAt: Date | null;
  validUntil: string | null;
  consentWithdrawnOn: string | null;
  standingMessage: string | null;
  standingAt: Date | null;
  effective: string | null;
  regime: string | null;
  grade: string | null;
  status: Status | null;
}

/** The day asked about, in the calendar of the party. */
export type DayOf = (party: Party) => string;

/**
 * How these enterprises stand on a day, for each link on which one is known: one statement by primary key. Only where
 * the current cells are not those of the time in question (a decision that takes effect later, a record that came
 * since, a look back with `asOf`) the versions are read as well.
 *
 * The plan is the same however many are asked for, and the fences (`offset 0`) keep their number from the planner:
 * else it plans anew at each call, which takes twice as long as the reading.
 */
export async function readStandings(
  database: Database,
  ids: readonly string[],
  links: readonly string[],
  day: DayOf,
  asOf?: Date,
): Promise<EnterpriseThen[]> {
  const rows = await database.query<Row>({
    name: 'recognition-read',
    text: `select s.link, s.party, s.subject, s.details_message as "detailsMessage", s.details_at as "detailsAt",
             s.details ->> 'validUntil' as "validUntil",
             s.details #>> '{consent,withdrawnOn}' as "consentWithdrawnOn",
             s.standing_message as "standingMessage", s.standing_at as "standingAt",
             s.effective, s.regime, s.grade, s.status
           from (select $1::text[] as ids, $2::text[] as links offset 0) as asked
           cross join unnest(asked.ids) as u(id) cross join unnest(asked.links) as l(link)
           cross join lateral (
             select * from subject
             where link = l.link and party = left(u.id, 2) and subject = u.id and kind = 'enterprise'
             offset 0) as s`,
    values: [[...new Set(ids)], links],
  });
  const found: EnterpriseThen[] = [];
  const past: SubjectKey[] = [];
  for (const row of rows) {
    if (asOf === undefined && cellsCountOn(row, day(row.party))) found.push(currentOf(row));
    else past.push(row);
  }
  return past.length === 0 ? found : [...found, ...(await readPast(database, past, day, asOf))];
}

/** Whether the current cells are those of the day: a greatest version that counts already is the greatest that does. */
function cellsCountOn({ party, detailsAt, effective }: Row, on: string): boolean {
  if (effective !== null && effective > on) return false;
  if (detailsAt === null) return true;
  // No calendar is more than a day ahead of UTC; asking one costs more than the rest of an answer.
  return detailsAt.toISOString().slice(0, 10) < on || calendarDay(party, detailsAt) <= on;
}

function currentOf(row: Row): EnterpriseThen {
  const { standingMessage, standingAt, effective, regime, status, grade } = row;
  const { detailsMessage, detailsAt, validUntil, consentWithdrawnOn } = row;
  return {
    id: row.subject,
    link: row.link,
    party: row.party,
    standing:
      standingMessage && standingAt && effective && regime && status
        ? { regime, grade, status, since: effective, message: standingMessage, receivedAt: standingAt }
        : undefined,
    record:
      detailsMessage && detailsAt
        ? { validUntil, consentWithdrawnOn, message: detailsMessage, receivedAt: detailsAt }
        : undefined,
  };
}

async function readPast(
  database: Database,
  subjects: readonly SubjectKey[],
  day: DayOf,
  asOf: Date | undefined,
): Promise<EnterpriseThen[]> {
  const versions = await readVersions(database, subjects, asOf);
  const states = subjects.map((subject) => {
    const time: ReadTime = { on: day(subject.party), ...(asOf === undefined ? {} : { asOf }) };
    return { subject, ...stateAt(versions.get(subjectKeyText(subject)) ?? [], time, subject.party) };
  });
  const data = await readMessageData(
    database,
    states.flatMap(({ details }) => details ?? []),
  );
  return states.map(({ subject, standing, details }) => ({
    id: subject.subject,
    link: subject.link,
    party: subject.party,
    standing: standing && {
      regime: standing.regime,
      grade: standing.grade,
      status: standing.status,
      since: standing.effective,
      message: standing.message,
      receivedAt: standing.at,
    },
    record: details && {
      ...recordThen(data.get(details.message)),
      message: details.message,
      receivedAt: details.at,
    },
  }));
}

function recordThen(data: object | undefined): RecordThen {
  if (!data || !('statusSince' in data)) return { validUntil: null, consentWithdrawnOn: null };
  const { validUntil, consent } = data as { validUntil?: string; consent?: { withdrawnOn?: string } };
  return { validUntil: validUntil ?? null, consentWithdrawnOn: consent?.withdrawnOn ?? null };
}

/** The day of an instant in each party's calendar, where no day was asked for. */
export function dayOf(on: string | undefined, instant: Date): DayOf {
  return (party) => on ?? calendarDay(party, instant);
}
