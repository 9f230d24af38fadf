import type { EnterpriseStatus } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import type { Database } from '../store/database.ts';

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

/** @returns one record for each link on which the enterprise is known */
export async function readEnterprise(
  database: Database,
  id: string,
  link?: string,
): Promise<EnterpriseRecord[]> {
  const rows = await database.query<Row>({
    name: 'register-read-enterprise',
    text: `select link, party, subject, last_version as "lastVersion", versions_held as "versionsHeld",
             details_version as "detailsVersion", details_message as "detailsMessage", details_at as "detailsAt", details,
             standing_version as "standingVersion", standing_message as "standingMessage",
             standing_at as "standingAt", effective, regime, grade, status
           from subject
           where subject = $1 and party = left($1, 2) and kind = 'enterprise' and ($2::text is null or link = $2)
           order by link`,
    values: [id, link ?? null],
  });
  return rows.flatMap((row) => {
    const record = recordOf(row);
    return record ? [record] : [];
  });
}

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
