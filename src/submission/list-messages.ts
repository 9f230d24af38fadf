import type { Issue } from '../contract/issue.ts';
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
  /** An id, a subject or a case number, as it is. */
  q?: string;
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

/** Messages of both directions, newest first, with their states of now. */
export async function listMessages(database: Database, filter: MessageFilter): Promise<ListedMessage[]> {
  const { text, values, asked } = compose(filter);
  const rows = await database.query<Omit<ListedMessage, 'warnings'> & { warnings: string | null }>({
    // Only the conditions that are asked for stand in the statement, so that each finds its index.
    name: `submission-list-messages-${asked}`,
    text,
    values,
  });
  return rows.map(({ warnings, ...row }) => ({
    ...row,
    warnings: warnings === null ? [] : (JSON.parse(warnings) as Issue[]),
  }));
}

/** A condition with `?` where its values go, and what stands for it in the name of the statement. */
interface Condition {
  name: string;
  sql: string;
  values: unknown[];
}

function compose(filter: MessageFilter): { text: string; values: unknown[]; asked: string } {
  const values: unknown[] = [];
  const bind = (sql: string, given: readonly unknown[]): string => {
    let next = 0;
    return sql.replaceAll('?', () => {
      values.push(given[next++]);
      return `$${values.length}`;
    });
  };
  const conditions = conditionsOf(filter);
  const where = conditions.map(({ sql, values: given }) => bind(sql, given));
  const limit = bind('?', [filter.limit]);
  const text = `select * from (${FOLLOWED}) m ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
                order by id desc, link desc, direction desc limit ${limit}`;
  return { text, values, asked: conditions.map(({ name }) => name).join('-') };
}

/** The state is derived as one message's is; an attempt is looked for only while the message is pending. */
const FOLLOWED = `
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
                      where a.link = m.link and a.started_at >= m.at and m.id = any (a.ids)) then 'sent'
         else 'accepted' end as state
  from message m
  left join delivery d on d.id = m.id and d.link = m.link and m.direction = 'out'
  left join receipt r on r.id = m.id and r.link = m.link and m.direction = 'out'
  left join outbox o on o.id = m.id and o.link = m.link and m.direction = 'out'
  left join lane l on l.link = o.link and l.lane = o.lane
  left join withdrawal x on x.id = m.id and x.link = m.link and m.direction = 'out'
  left join receipt_owed w on w.id = m.id and w.link = m.link and m.direction = 'in'`;

/** States of what is still to be delivered: the outbox holds no others. */
const PENDING: ReadonlySet<MessageState> = new Set<MessageState>(['accepted', 'sent', 'parked', 'held']);

function conditionsOf(filter: MessageFilter): Condition[] {
  const { direction, type, state, link, subject, txn, since, until, error, q, after } = filter;
  const conditions: Condition[] = [];
  const add = (name: string, sql: string, ...given: unknown[]): void => {
    conditions.push({ name, sql, values: given });
  };
  if (direction !== undefined) add('direction', 'direction = ?', direction);
  if (type !== undefined) add('type', 'type = ?', type);
  if (link !== undefined) add('link', 'link = ?', link);
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
    if (PENDING.has(state)) add('pending', 'state = ? and id in (select id from outbox)', state);
    else if (state === 'withdrawn')
      add('withdrawn', 'state = ? and id in (select id from withdrawal)', state);
    else if (state === 'refused') add('refused', `state = ? and id in (${REFUSED})`, state);
    else add('state', 'state = ?', state);
  }
  if (error !== undefined) {
    const sql = `position(lower(?) in lower("lastError")) > 0 and id in (${REFUSED} union all select id from outbox)`;
    add('error', sql, error);
  }
  if (q !== undefined) {
    const sql = `id in (${VERSIONS_OF_SUBJECT} union all select id from message where txn = ?
                        union all select ?::uuid)`;
    add('q', sql, q, q, UUID.test(q) ? q : null);
  }
  if (after) add('after', '(id, link, direction) < (?, ?, ?)', after.id, after.link, after.direction);
  return conditions;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const VERSIONS_OF_SUBJECT = 'select message from subject_version where subject = ?';

const REFUSED = `select id from delivery where outcome = 'refused'
                 union all select id from message where outcome = 'refused'`;
