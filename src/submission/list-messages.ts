import { hash } from 'node:crypto';
import type { Issue } from '../contract/issue.ts';
import type { Party } from '../contract/party.ts';
import { identityTerms, NameTooShort } from '../register/search/search-filter.ts';
import type { Database } from '../store/database.ts';
import { lowestId } from '../store/partitions.ts';
import type { MessageState } from './follow-message.ts';

/** What of the messages is asked for; all that is given must hold. */
export interface MessageFilter {
  direction?: 'out' | 'in';
  type?: string;
  state?: MessageState;
  link?: string;
  subject?: string;
  txn?: string;
  /** Accepted or received at this instant or later. */
  since?: Date;
  /** Accepted or received before this instant. */
  until?: Date;
  /** Part of the last error, in whatever case. */
  error?: string;
  lane?: string;
  urgent?: boolean;
  /** Words of the Latin name of the enterprise in any order, or part of the Chinese one. */
  name?: string;
  /** An id or its beginning, a subject, a case number, or a name. */
  q?: string;
  /** Whose enterprises may be named and be found by their names; both where it is left out. */
  namesOf?: Party;
  limit: number;
  after?: MessagePlace;
}

/** Place in the list, for the page after it. */
export interface MessagePlace {
  id: string;
  link: string;
  direction: string;
}

export interface ListedMessage extends MessagePlace {
  direction: 'out' | 'in';
  type: string;
  subject: string;
  /** Of the enterprise or facility; null where it is not known, or not to be told. */
  name: { native: string | null; latin: string | null } | null;
  version: number | null;
  state: MessageState;
  urgent: boolean;
  txn: string | null;
  acceptedAt: Date;
  deliveredAt: Date | null;
  receiptedAt: Date | null;
  lastError: string | null;
  lane: string | null;
  warnings: Issue[];
}

/** The time of an id is within a day of the acceptance: protocol.md 1. */
const ID_TIME_TOLERANCE_MS = 86_400_000;

type ListedRow = Omit<ListedMessage, 'warnings' | 'name'> & {
  warnings: string | null;
  native: string | null;
  latin: string | null;
};

/**
 * Messages of both directions, newest first, with their states of now.
 *
 * @param party our own, whose register names what we sent; the partner's names what came
 * @throws NameTooShort
 */
export async function listMessages(
  database: Pick<Database, 'query'>,
  filter: MessageFilter,
  party?: Party,
): Promise<ListedMessage[]> {
  const conditions = conditionsOf(filter);
  const values: unknown[] = [];
  const where = whereOf(conditions, values);
  const rows = await database.query<ListedRow>({
    // Only the conditions that are asked for stand in the statement, so that each finds its index.
    name: `submission-list-messages-${askedBy(conditions)}`,
    text: `select m.*, coalesce(s.details #>> '{enterprise,name,native,text}', s.details #>> '{facility,name,native,text}') as native,
             coalesce(s.details #>> '{enterprise,name,latin}', s.details #>> '{facility,name,latin}') as latin
           from (select * from (${followed()}) m ${where}
                 order by id desc, link desc, direction desc limit $${values.length + 1}) m
           left join subject s on s.link = m.link and s.subject = m.subject
             and s.party = case when m.direction = 'out' then $${values.length + 2}
                                when $${values.length + 3}::text is null then case $${values.length + 2} when 'CN' then 'US' else 'CN' end end
           order by m.id desc, m.link desc, m.direction desc`,
    values: [...values, filter.limit, party ?? null, filter.namesOf ?? null],
  });
  return rows.map(({ warnings, native, latin, ...row }) => ({
    ...row,
    name: native === null && latin === null ? null : { native, latin },
    warnings: warnings === null ? [] : (JSON.parse(warnings) as Issue[]),
  }));
}

/** A condition with `?` where its values go, and what stands for it in the name of the statement. */
export interface Condition {
  name: string;
  sql: string;
  values: unknown[];
  /** It is about what is derived of other tables: {@link followed} has it, the message alone has not. */
  derived?: boolean;
  /** It may hold of most messages or of hardly any, and no index knows which. */
  broad?: boolean;
}

/** @param values of the statement so far; those of the conditions are added */
export function whereOf(conditions: readonly Condition[], values: unknown[]): string {
  const where = conditions.map(({ sql, values: given }) => {
    let next = 0;
    return sql.replaceAll('?', () => {
      values.push(given[next++]);
      return `$${values.length}`;
    });
  });
  return where.length > 0 ? `where ${where.join(' and ')}` : '';
}

/** Tells statements of different conditions apart; PostgreSQL does so by 63 bytes of their names. */
export function askedBy(conditions: readonly Condition[]): string {
  return hash('sha256', conditions.map(({ name }) => name).join('-'), 'hex').slice(0, 16);
}

/**
 * The state is derived as one message's is; an attempt is looked for only while the message is pending.
 *
 * @param messages what is followed
 */
export const followed = (messages = 'message'): string => `
  select m.id, m.link, m.direction, m.type, m.subject, m.version, m.urgent, m.txn, m.at as "acceptedAt", m.warnings,
    case when d.outcome = 'delivered' then d.at end as "deliveredAt", r.at as "receiptedAt", o.lane,
    case when m.direction = 'in' then m.refusal ->> 'description'
         when d.id is null and x.id is null then coalesce(o.parked_reason, l.last_error)
         when d.outcome = 'refused' then coalesce(d.description, d.err) end as "lastError",
    case when m.direction = 'in' then
           case when m.outcome = 'refused' then 'refused'
                when w.id is null and m.type <> 'receipt' then 'receipted'
                else 'received' end
         when d.outcome = 'refused' then 'refused'
         when r.id is not null then 'receipted'
         when d.outcome = 'delivered' then 'delivered'
         when x.id is not null then 'withdrawn'
         when o.parked_at is not null then 'parked'
         when o.edition > (select case when s.partner_edition ~ '^[0-9]{1,9}$' then s.partner_edition::integer end
                           from link_state s where s.link = o.link)
           or (not o.urgent and exists (
                 select from outbox e where e.link = o.link and e.lane = o.lane and e.subject = o.subject
                   and e.position < o.position and e.parked_at is not null)) then 'held'
         when exists (select from attempt a
                      where a.link = m.link and a.lane = o.lane and a.started_at >= m.at and m.id = any (a.ids)) then 'sent'
         else 'accepted' end as state
  from ${messages} m
  left join delivery d on d.id = m.id and d.link = m.link and m.direction = 'out'
  left join receipt r on r.id = m.id and r.link = m.link and m.direction = 'out'
  left join outbox o on o.id = m.id and o.link = m.link and m.direction = 'out'
  left join lane l on l.link = o.link and l.lane = o.lane
  left join withdrawal x on x.id = m.id and x.link = m.link and m.direction = 'out'
  left join receipt_owed w on w.id = m.id and w.link = m.link and m.direction = 'in'`;

/** Types of which most messages are; validations and what gateways tell each other are few, and have their indexes. */
const OF_ENTERPRISES: ReadonlySet<string> = new Set([
  'enterprise-status',
  'certification-change',
  'version-void',
]);

/** States of what is still to be delivered: the outbox holds no others. */
const PENDING: ReadonlySet<MessageState> = new Set<MessageState>(['accepted', 'sent', 'parked', 'held']);

export function conditionsOf(filter: MessageFilter): Condition[] {
  const {
    direction,
    type,
    state,
    link,
    subject,
    txn,
    since,
    until,
    error,
    lane,
    urgent,
    name,
    q,
    namesOf,
    after,
  } = filter;
  const conditions: Condition[] = [];
  const add = (name: string, sql: string, ...given: unknown[]): void => {
    conditions.push({ name, sql, values: given });
  };
  const addDerived = (name: string, sql: string, given: unknown): void => {
    conditions.push({ name, sql, values: [given], derived: true });
  };
  const addBroad = (name: string, sql: string, ...given: unknown[]): void => {
    conditions.push({ name, sql, values: given, broad: true });
  };
  if (direction !== undefined) addBroad('direction', 'direction = ?', direction);
  if (type === 'validation-result') add('validation', `type = 'validation-result'`);
  else if (type !== undefined && OF_ENTERPRISES.has(type)) addBroad('type', 'type = ?', type);
  else if (type !== undefined) add('own-type', `type = ? and subject = 'gateway'`, type);
  if (link !== undefined) addBroad('link', 'link = ?', link);
  if (subject === 'gateway') add('gateway', `subject = 'gateway'`);
  else if (subject !== undefined)
    add('subject', `subject = ? and id in (${VERSIONS_OF_SUBJECT})`, subject, subject);
  if (txn !== undefined) add('txn', 'txn = ?', txn);
  if (since !== undefined) add('since', '"acceptedAt" >= ?', since);
  if (until !== undefined) {
    const bound = lowestId(new Date(until.getTime() + ID_TIME_TOLERANCE_MS));
    add('until', '"acceptedAt" < ? and id < ?', until, bound);
  }
  if (state !== undefined) {
    addDerived('state', 'state = ?', state);
    if (state === 'parked') add('parked', `id in (${PARKED})`);
    else if (PENDING.has(state)) add('pending', 'id in (select id from outbox)');
    else if (state === 'withdrawn') add('withdrawn', 'id in (select id from withdrawal)');
    else if (state === 'refused') add('refused', `id in (${REFUSED})`);
  }
  if (error !== undefined) {
    addDerived('error', 'position(lower(?) in lower("lastError")) > 0', error);
    add('failed', `id in (${REFUSED} union all select id from outbox)`);
  }
  if (lane !== undefined) {
    addDerived('lane', 'lane = ?', lane);
    add('in-lane', 'id in (select id from outbox where lane = ?)', lane);
  }
  if (urgent === true) add('urgent', 'urgent');
  else if (urgent === false) addBroad('unhurried', 'not urgent');
  if (name !== undefined) {
    const found = ofName(name, namesOf);
    // As a list: the planner would expect so many that it read all messages by date, 10 s of a million.
    add(`name${found.name}`, `id = any (array(${found.sql}))`, ...found.values);
  }
  if (q !== undefined) {
    const found = ofText(q, namesOf);
    add(`q${found.name}`, `id in (${found.sql})`, ...found.values);
  }
  if (after) add('after', '(id, link, direction) < (?, ?, ?)', after.id, after.link, after.direction);
  return conditions;
}

/** Ids of messages whose subject, case number, name or own beginning is this text. */
function ofText(q: string, namesOf: Party | undefined): Condition {
  const parts: Condition[] = [
    { name: '', sql: VERSIONS_OF_SUBJECT, values: [q] },
    { name: '', sql: 'select id from message where txn = ?', values: [q] },
  ];
  const begins = q.toLowerCase();
  if (BEGINS_UUID.test(begins)) {
    const sql = 'select id from message where id between ?::uuid and ?::uuid';
    parts.push({ name: 'i', sql, values: [filledUuid(begins, '0'), filledUuid(begins, 'f')] });
  }
  try {
    parts.push(ofName(q, namesOf));
  } catch (error) {
    // One letter is no name; it may be a case number.
    if (!(error instanceof NameTooShort)) throw error;
  }
  return {
    name: parts.map((part) => part.name).join(''),
    sql: parts.map(({ sql }) => sql).join(' union all '),
    values: parts.flatMap(({ values }) => values),
  };
}

/** Enterprises that one search looks at: a name that more have is no name to search by. */
const NAMED_MAX = 1_000;

/** Ids of the messages of enterprises by their name, as the search of the register finds them. */
function ofName(name: string, namesOf: Party | undefined): Condition {
  const { keys, latin, native } = identityTerms({ name });
  const asked: [string, string, unknown][] = [];
  if (keys.length > 0) asked.push(['k', 'd.keys @> ?::text[]', keys]);
  if (native !== null) asked.push(['n', 'd.native like ?', native]);
  const [longest, ...words] = latin.toSorted((a, b) => b.length - a.length);
  if (longest !== undefined) asked.push(['l', 'd.latin like ?', longest]);
  if (words.length > 0) asked.push(['w', 'd.latin like all (?::text[])', words]);
  if (namesOf !== undefined) asked.push(['p', 'd.party = ?', namesOf]);
  return {
    name: asked.map(([short]) => short).join(''),
    sql: `select v.message from (select d.link, d.party, d.subject from enterprise_search d
            where ${asked.map(([, sql]) => sql).join(' and ')} limit ${NAMED_MAX}) d
          join subject_version v on v.link = d.link and v.party = d.party and v.subject = d.subject`,
    values: asked.map(([, , value]) => value),
  };
}

/** Eight digits are two hours of ids. */
const BEGINS_UUID =
  /^[0-9a-f]{8}(-([0-9a-f]{0,4}|[0-9a-f]{4}-([0-9a-f]{0,4}|[0-9a-f]{4}-([0-9a-f]{0,4}|[0-9a-f]{4}-[0-9a-f]{0,12}))))?$/;

function filledUuid(beginning: string, digit: string): string {
  const template = '00000000-0000-0000-0000-000000000000'.replaceAll('0', digit);
  return beginning + template.slice(beginning.length);
}

const VERSIONS_OF_SUBJECT = 'select message from subject_version where subject = ?';

/** The condition is that of an index, so that it is found. */
const PARKED = `select id from outbox
                where parked_at is not null and (parked_at is not null or aside_at is not null or edition > 1)`;

const REFUSED = `select id from delivery where outcome = 'refused'
                 union all select id from message where outcome = 'refused'`;
