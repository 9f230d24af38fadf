import type { BusinessMessage, EnterpriseStatus } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import type { Database } from '../store/database.ts';
import type { ReadTime } from './read-time.ts';
import { readMessageData, readVersions } from './read-versions.ts';
import { type StateAt, type StoredVersion, stateAt } from './state-at.ts';
import { type SubjectKey, subjectKeyText } from './subject-key.ts';

/** The current record of one enterprise: the newest details and the newest standing, each with its source. */
export interface EnterpriseRecord {
  id: string;
  link: string;
  party: Party;
  version: number;
  /** Message id of the newest version that filled a cell. */
  source: string;
  receivedAt: Date;
  /** A greater version is known while a smaller one has not come. */
  incomplete: boolean;
  details: { data: EnterpriseStatus; version: number; source: string; receivedAt: Date } | null;
  standing: {
    regime: string;
    grade: string | null;
    status: string;
    since: string;
    version: number;
    source: string;
    receivedAt: Date;
  } | null;
}

interface Row {
  link: string;
  party: Party;
  subject: string;
  lastVersion: number;
  versionsHeld: number;
  detailsVersion: number | null;
  detailsMessage: string | null;
  detailsAt: Date | null;
  details: string | null;
  standingVersion: number | null;
  standingMessage: string | null;
  standingAt: Date | null;
  effective: string | null;
  regime: string | null;
  grade: string | null;
  status: string | null;
}

/**
 * @param time as it stood then; left out: the current cells
 * @returns one record for each link on which the enterprise is known, or was
 */
export async function readEnterprise(
  database: Database,
  id: string,
  link?: string,
  time: ReadTime = {},
): Promise<EnterpriseRecord[]> {
  const current = await readCurrent(database, id, link);
  if (time.on === undefined && time.asOf === undefined) return current;
  return recordsAt(database, current, time);
}

/**
 * The records of these subjects as they stood at a time, in the same order. One of which nothing was known then is
 * left out.
 */
export async function recordsAt(
  database: Database,
  subjects: readonly Pick<EnterpriseRecord, 'link' | 'party' | 'id'>[],
  time: ReadTime,
): Promise<EnterpriseRecord[]> {
  const keys = subjects.map(({ link, party, id }) => ({ link, party, subject: id }));
  const versions = await readVersions(database, keys, time.asOf);
  const states = keys.map((key) => ({
    key,
    state: stateAt(versions.get(subjectKeyText(key)) ?? [], time, key.party),
  }));
  const data = await readMessageData(
    database,
    states.flatMap(({ state }) => state.details ?? []),
  );
  return states.flatMap(({ key, state }) => recordThen(key, state, data) ?? []);
}

function recordThen(
  { link, party, subject }: SubjectKey,
  state: StateAt,
  data: ReadonlyMap<string, BusinessMessage['data']>,
): EnterpriseRecord | undefined {
  const said = state.details && data.get(state.details.message);
  const details = state.details && said && { data: said as EnterpriseStatus, ...sourceOf(state.details) };
  const standing = state.standing && {
    regime: state.standing.regime,
    grade: state.standing.grade,
    status: state.standing.status,
    since: state.standing.effective,
    ...sourceOf(state.standing),
  };
  const newest = newestOf(details ?? null, standing ?? null);
  if (!newest) return undefined;
  const { version, source, receivedAt } = newest;
  return {
    id: subject,
    link,
    party,
    version,
    source,
    receivedAt,
    incomplete: state.incomplete,
    details: details ?? null,
    standing: standing ?? null,
  };
}

function sourceOf({ version, message, at }: StoredVersion): Sourced {
  return { version, source: message, receivedAt: at };
}

async function readCurrent(database: Database, id: string, link?: string): Promise<EnterpriseRecord[]> {
  const rows = await database.query<Row>({
    name: 'register-read-enterprise',
    text: `select ${COLUMNS}
           from subject s
           where subject = $1 and party = left($1, 2) and kind = 'enterprise' and ($2::text is null or link = $2)
           order by link`,
    values: [id, link ?? null],
  });
  return rows.flatMap((row) => recordOf(row) ?? []);
}

/** The current records of these enterprises, in no order; one that is not known is left out. */
export async function currentRecords(
  database: Database,
  subjects: readonly Pick<EnterpriseRecord, 'link' | 'party' | 'id'>[],
): Promise<EnterpriseRecord[]> {
  if (subjects.length === 0) return [];
  const rows = await database.query<Row>({
    name: 'register-read-enterprises',
    text: `select ${COLUMNS}
           from unnest($1::text[], $2::text[], $3::text[]) as u(of_link, of_party, of_subject)
           join subject s on s.link = of_link and s.party = of_party and s.subject = of_subject
           where s.kind = 'enterprise'`,
    values: [subjects.map((s) => s.link), subjects.map((s) => s.party), subjects.map((s) => s.id)],
  });
  return rows.flatMap((row) => recordOf(row) ?? []);
}

const COLUMNS = `link, party, subject, last_version as "lastVersion", versions_held as "versionsHeld",
  details_version as "detailsVersion", details_message as "detailsMessage", details_at as "detailsAt", details,
  standing_version as "standingVersion", standing_message as "standingMessage",
  standing_at as "standingAt", effective, regime, grade, status`;

function recordOf(row: Row): EnterpriseRecord | undefined {
  const details = detailsOf(row);
  const standing = standingOf(row);
  const newest = newestOf(details, standing);
  if (!newest) return undefined;
  return {
    id: row.subject,
    link: row.link,
    party: row.party,
    version: newest.version,
    source: newest.source,
    receivedAt: newest.receivedAt,
    incomplete: row.versionsHeld < row.lastVersion,
    details,
    standing,
  };
}

interface Sourced {
  version: number;
  source: string;
  receivedAt: Date;
}

function newestOf(a: Sourced | null, b: Sourced | null): Sourced | null {
  if (!a || !b) return a ?? b;
  return a.version >= b.version ? a : b;
}

function detailsOf({ details, detailsVersion, detailsMessage, detailsAt }: Row): EnterpriseRecord['details'] {
  if (details === null || detailsVersion === null || detailsMessage === null || detailsAt === null)
    return null;
  const data = JSON.parse(details) as EnterpriseStatus;
  return { data, version: detailsVersion, source: detailsMessage, receivedAt: detailsAt };
}

function standingOf(row: Row): EnterpriseRecord['standing'] {
  const { regime, grade, status, effective, standingVersion, standingMessage, standingAt } = row;
  if (regime === null || status === null || effective === null) return null;
  if (standingVersion === null || standingMessage === null || standingAt === null) return null;
  return {
    regime,
    grade,
    status,
    since: effective,
    version: standingVersion,
    source: standingMessage,
    receivedAt: standingAt,
  };
}
