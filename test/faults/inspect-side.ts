import type pg from 'pg';
import type { Party } from '../../src/contract/party.ts';

/** A side to be looked at: its database, and its feed as a back end reads it. */
export interface InspectedSide {
  party: Party;
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  feed(): AsyncIterable<FeedEntry>;
}

export interface FeedEntry {
  id: string;
  subject: string;
  version: number;
  data: unknown;
}

export interface StoredMessage {
  id: string;
  direction: 'out' | 'in';
  subject: string;
  version: number;
  outcome: 'accepted' | 'refused';
  sha256: string;
  /** The hash on record is that of the bytes on record. */
  intact: boolean;
  receipted: boolean;
  delivered: boolean;
}

export interface StoredVersion {
  party: Party;
  subject: string;
  version: number;
  message: string;
  type: string;
}

export interface StoredSubject {
  party: Party;
  subject: string;
  lastVersion: number;
  versionsHeld: number;
  detailsVersion: number | null;
  standingVersion: number | null;
}

/** Everything of one side that the invariants speak of; the gateways' own messages are not counted among these. */
export interface SideFacts {
  party: Party;
  messages: StoredMessage[];
  versions: StoredVersion[];
  subjects: StoredSubject[];
  feed: FeedEntry[];
  /** Ids of messages by what the audit log says happened to them. */
  audited: AuditedSteps;
  stuck: { about: string; text: string }[];
}

export interface AuditedSteps {
  accepted: Set<string>;
  received: Set<string>;
  answered: Set<string>;
  receipted: Set<string>;
}

export async function inspectSide(side: InspectedSide): Promise<SideFacts> {
  const { party, query } = side;
  const feed: FeedEntry[] = [];
  for await (const change of side.feed()) feed.push(change);
  return {
    party,
    feed,
    messages: await query<StoredMessage>(MESSAGES),
    versions: await query<StoredVersion>(VERSIONS),
    subjects: await query<StoredSubject>(SUBJECTS),
    audited: await readAudit(side),
    stuck: await query<{ about: string; text: string }>(STUCK),
  };
}

const MESSAGES = `
  select m.id, m.direction, m.subject, m.version::int as version, m.outcome, encode(m.sha256, 'hex') as sha256,
    m.sha256 = sha256(convert_to(m.jws, 'UTF8')) as intact,
    exists (select from receipt r where r.id = m.id and r.link = m.link and r.outcome = 'accepted') as receipted,
    exists (select from delivery d where d.id = m.id and d.link = m.link) as delivered
  from message m where m.subject <> 'gateway'`;

const VERSIONS = 'select party, subject, version::int as version, message, type from subject_version';

const SUBJECTS = `
  select party, subject, last_version::int as "lastVersion", versions_held::int as "versionsHeld",
    details_version::int as "detailsVersion", standing_version::int as "standingVersion"
  from subject`;

/** What waits, was refused or stands still: at the end of a run there is none of it. */
const STUCK = `
  select id::text as about, 'waits in lane ' || lane || ': ' || coalesce(last_error, 'no error') as text
    from outbox left join lane using (link, lane)
  union all select link, 'the link is halted: ' || halted_reason from link_state where halted_at is not null
  union all select message_id::text, 'is in quarantine' from quarantine
  union all select id::text, 'is refused' from delivery where outcome = 'refused'
  union all select id::text, 'has no receipt from here' from receipt_owed
  union all select id::text, 'has no place in the feed' from feed_pending
  union all select subject, 'version ' || version || ' is missing' from version_hole
  union all select link || ' ' || lane, 'the lane is paused' from lane where paused`;

/** A message of ours came to be, or came back after a restore. */
const ACCEPTED: ReadonlySet<string> = new Set(['message-accepted', 'message-put-back']);

interface Content {
  kind: string;
  message?: string;
  subject?: string;
  delivered?: string[];
  receipts?: { message: string }[];
}

async function readAudit({ query }: InspectedSide): Promise<AuditedSteps> {
  const rows = await query<{ content: string }>(
    `select content from audit_entry where content is not null
     union all select content from audit_pending where content is not null`,
  );
  const steps: AuditedSteps = {
    accepted: new Set(),
    received: new Set(),
    answered: new Set(),
    receipted: new Set(),
  };
  for (const row of rows) {
    const content = JSON.parse(row.content) as Content;
    const own = content.subject === 'gateway';
    if (ACCEPTED.has(content.kind) && content.message && !own) steps.accepted.add(content.message);
    if (content.kind === 'message-received' && content.message) steps.received.add(content.message);
    for (const id of content.delivered ?? []) steps.answered.add(id);
    if (content.kind !== 'message-received') continue;
    for (const { message } of content.receipts ?? []) steps.receipted.add(message);
  }
  return steps;
}
