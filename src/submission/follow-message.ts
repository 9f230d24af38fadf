import type { Issue } from '../contract/issue.ts';
import type { Database } from '../store/database.ts';

export type MessageState =
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'receipted'
  | 'refused'
  | 'parked'
  | 'held'
  | 'withdrawn'
  | 'received';

export interface TimelineStep {
  at: Date;
  event: string;
  detail?: string;
}

/** A message with everything that is known of its way; the state is derived, not stored. */
export interface FollowedMessage {
  id: string;
  type: string;
  direction: 'out' | 'in';
  link: string;
  subject: string;
  version: number | null;
  state: MessageState;
  urgent: boolean;
  txn: string | null;
  /** Accepted from a back end, or received from the partner. */
  acceptedAt: Date;
  sentAt: Date | null;
  deliveredAt: Date | null;
  receiptedAt: Date | null;
  attempts: number;
  lastError: string | null;
  lane: string | null;
  sha256: Buffer;
  timeline: TimelineStep[];
  receipt: { outcome: string; receivedAt: Date; message: string } | null;
  /** The refused or withdrawn message whose place it takes, and the one that takes its own. */
  replaces: string | null;
  replacedBy: string | null;
  warnings: Issue[];
}

interface Row {
  id: string;
  type: string;
  direction: 'out' | 'in';
  link: string;
  subject: string;
  version: number | null;
  outcome: 'accepted' | 'refused';
  txn: string | null;
  urgent: boolean;
  sha256: Buffer;
  warnings: string | null;
  refusal: string | null;
  at: Date;
  deliveryOutcome: 'delivered' | 'refused' | null;
  deliveryErr: string | null;
  deliveryDescription: string | null;
  deliveryAt: Date | null;
  receiptOutcome: string | null;
  receiptReceivedAt: Date | null;
  receiptMessage: string | null;
  receiptAt: Date | null;
  pendingLane: string | null;
  laneError: string | null;
  laneErrorAt: Date | null;
  receiptOwed: boolean;
  asideAt: Date | null;
  parkedAt: Date | null;
  parkedReason: string | null;
  /** The parked message of its subject that it waits behind. */
  heldBehind: string | null;
  heldSince: Date | null;
  /** The contract edition that it waits for the partner to announce. */
  heldForEdition: number | null;
  withdrawnAt: Date | null;
  withdrawnBy: string | null;
  withdrawnReason: string | null;
  replaces: string | null;
  replacedBy: string | null;
}

/** @returns undefined where there is no such message; a message between two links of one gateway is found as sent */
export async function followMessage(database: Database, id: string): Promise<FollowedMessage | undefined> {
  const [row] = await database.query<Row>({
    name: 'submission-follow-message',
    text: `select m.id, m.type, m.direction, m.link, m.subject, m.version, m.outcome, m.txn, m.urgent, m.sha256,
             m.warnings, m.refusal, m.at,
             d.outcome as "deliveryOutcome", d.err as "deliveryErr", d.description as "deliveryDescription",
             d.at as "deliveryAt",
             r.outcome as "receiptOutcome", r.received_at as "receiptReceivedAt",
             r.receipt_message as "receiptMessage", r.at as "receiptAt",
             o.lane as "pendingLane", l.last_error as "laneError", l.last_error_at as "laneErrorAt",
             w.id is not null as "receiptOwed",
             o.aside_at as "asideAt", o.parked_at as "parkedAt", o.parked_reason as "parkedReason",
             h.id as "heldBehind", h.parked_at as "heldSince",
             case when s.partner_edition ~ '^[0-9]{1,9}$' and o.edition > s.partner_edition::integer
                  then o.edition end as "heldForEdition",
             x.at as "withdrawnAt", x.by as "withdrawnBy", x.reason as "withdrawnReason", p.replaces,
             (select n.id from replacement n where n.replaces = m.id and n.link = m.link limit 1) as "replacedBy"
           from message m
           left join delivery d on d.id = m.id and d.link = m.link and m.direction = 'out'
           left join receipt r on r.id = m.id and r.link = m.link and m.direction = 'out'
           left join outbox o on o.id = m.id and o.link = m.link and m.direction = 'out'
           left join lane l on l.link = o.link and l.lane = o.lane
           left join link_state s on s.link = o.link
           left join withdrawal x on x.id = m.id and x.link = m.link and m.direction = 'out'
           left join replacement p on p.id = m.id and p.link = m.link and m.direction = 'out'
           left join lateral (
             select e.id, e.parked_at from outbox e
             where e.link = o.link and e.lane = o.lane and e.subject = o.subject and e.position < o.position
               and e.parked_at is not null and not o.urgent
             order by e.position limit 1) h on true
           left join receipt_owed w on w.id = m.id and w.link = m.link and m.direction = 'in'
           where m.id = $1
           order by m.direction desc limit 1`,
    values: [id],
  });
  if (!row) return undefined;
  return row.direction === 'in' ? followIncoming(row) : followOutgoing(row, await attemptsOf(database, row));
}

interface AttemptRow {
  startedAt: Date;
  ms: number;
  status: number | null;
  result: string;
  error: string | null;
  lane: string;
}

/** Attempts are found by time and membership, so that no index of ids has to be kept for every request. */
function attemptsOf(database: Database, row: Row): Promise<AttemptRow[]> {
  return database.query<AttemptRow>({
    name: 'submission-attempts-of-message',
    text: `select started_at as "startedAt", ms, status, result, error, lane from attempt
           where link = $1 and started_at between $2 and $3 and $4 = any (ids)
           order by started_at`,
    values: [row.link, row.at, row.deliveryAt ?? new Date(), row.id],
  });
}

function followOutgoing(row: Row, attempts: readonly AttemptRow[]): FollowedMessage {
  return {
    ...common(row),
    state: outgoingState(row, attempts.length),
    sentAt: attempts[0]?.startedAt ?? null,
    deliveredAt: row.deliveryOutcome === 'delivered' ? row.deliveryAt : null,
    receiptedAt: row.receiptAt,
    attempts: attempts.length,
    lastError: outgoingError(row, attempts),
    lane: row.pendingLane ?? attempts.at(-1)?.lane ?? null,
    timeline: [
      { at: row.at, event: 'accepted' },
      ...attempts.map(attemptStep),
      ...outgoingSteps(row),
    ].toSorted((a, b) => a.at.getTime() - b.at.getTime()),
    receipt:
      row.receiptOutcome && row.receiptReceivedAt && row.receiptMessage
        ? { outcome: row.receiptOutcome, receivedAt: row.receiptReceivedAt, message: row.receiptMessage }
        : null,
  };
}

/** What happened to a message of ours beside its attempts, and why. */
function outgoingSteps(row: Row): TimelineStep[] {
  const steps: TimelineStep[] = [];
  const add = (at: Date | null, event: string, text: string | null | undefined): void => {
    if (at) steps.push({ at, event, ...detail(text) });
  };
  add(row.asideAt, 'set-aside', 'the partner could not take it; it is tried again when nothing else waits');
  add(row.parkedAt, 'parked', row.parkedReason);
  if (row.heldBehind && row.heldSince) {
    add(
      new Date(Math.max(row.heldSince.getTime(), row.at.getTime())),
      'held',
      `behind the parked message ${row.heldBehind} of its subject`,
    );
  }
  if (row.heldForEdition) {
    add(row.at, 'held', `until the partner announces edition ${row.heldForEdition} of the contract`);
  }
  const who = row.withdrawnBy === null ? '' : `by ${row.withdrawnBy}`;
  add(row.withdrawnAt, 'withdrawn', row.withdrawnReason === null ? who : `${who}: ${row.withdrawnReason}`);
  add(row.deliveryAt, row.deliveryOutcome ?? 'delivered', row.deliveryDescription ?? row.deliveryErr);
  add(row.receiptAt, 'receipted', row.receiptOutcome);
  return steps;
}

function outgoingState(row: Row, attempts: number): MessageState {
  if (row.deliveryOutcome === 'refused') return 'refused';
  if (row.receiptAt) return 'receipted';
  if (row.deliveryOutcome === 'delivered') return 'delivered';
  if (row.withdrawnAt) return 'withdrawn';
  if (row.parkedAt) return 'parked';
  if (row.heldBehind || row.heldForEdition) return 'held';
  return attempts > 0 ? 'sent' : 'accepted';
}

function outgoingError(row: Row, attempts: readonly AttemptRow[]): string | null {
  if (row.deliveryOutcome === 'delivered') return null;
  return (
    row.deliveryDescription ?? row.deliveryErr ?? row.parkedReason ?? attempts.at(-1)?.error ?? row.laneError
  );
}

function attemptStep({ startedAt, ms, status, error }: AttemptRow): TimelineStep {
  return { at: startedAt, event: 'sent', detail: error ?? `answered ${status ?? 'nothing'} in ${ms} ms` };
}

function followIncoming(row: Row): FollowedMessage {
  const refusal = row.refusal === null ? undefined : (JSON.parse(row.refusal) as { description: string });
  const refused = row.outcome === 'refused';
  const receipted = !row.receiptOwed && row.type !== 'receipt';
  return {
    ...common(row),
    state: refused ? 'refused' : receipted ? 'receipted' : 'received',
    sentAt: null,
    deliveredAt: null,
    receiptedAt: null,
    attempts: 0,
    lastError: refusal?.description ?? null,
    lane: null,
    timeline: [{ at: row.at, event: refused ? 'refused' : 'received', ...detail(refusal?.description) }],
    receipt: null,
  };
}

function common(row: Row) {
  const { id, type, direction, link, subject, version, urgent, txn, sha256, at, replaces, replacedBy } = row;
  const warnings = row.warnings === null ? [] : (JSON.parse(row.warnings) as Issue[]);
  return {
    id,
    type,
    direction,
    link,
    subject,
    version,
    urgent,
    txn,
    sha256,
    acceptedAt: at,
    replaces,
    replacedBy,
    warnings,
  };
}

function detail(text: string | null | undefined): { detail?: string } {
  return text ? { detail: text } : {};
}

/** The compact JWS of a message, null where it was erased. */
export interface OriginalSet {
  link: string;
  direction: 'out' | 'in';
  jws: string | null;
}

export async function readOriginal(database: Database, id: string): Promise<OriginalSet | undefined> {
  const [row] = await database.query<OriginalSet>({
    name: 'submission-read-original',
    text: 'select link, direction, jws from message where id = $1 order by direction desc limit 1',
    values: [id],
  });
  return row;
}
