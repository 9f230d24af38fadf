import type { Party } from '../contract/party.ts';
import type { Database } from '../store/database.ts';

/** One link as two directions. */
export interface LinkOverview {
  id: string;
  /** Messages of ours that the partner has not answered. */
  pending: number;
  oldestPendingAt: Date | null;
  delivered: number;
  refused: number;
  receipted: number;
  lastDeliveredAt: Date | null;
  received: number;
  receivedRefused: number;
  lastReceivedAt: Date | null;
  receiptsOwed: number;
  /** Versions that have not come although greater ones have. */
  holes: number;
  quarantined: number;
  haltedAt: Date | null;
  haltedReason: string | null;
  partnerEdition: string | null;
}

/**
 * What waits, what went and what came, per link. Receipts are the gateways' own affair and are not counted. Narrow
 * tables are counted, never the messages themselves, whose rows are kilobytes.
 */
export function readOverview(database: Database, party: Party): Promise<LinkOverview[]> {
  return database.query<LinkOverview>({
    name: 'operations-overview',
    text: `select s.link as id, s.halted_at as "haltedAt", s.halted_reason as "haltedReason",
             s.partner_edition as "partnerEdition",
             coalesce(o.pending, 0) as pending, o.oldest as "oldestPendingAt",
             coalesce(d.delivered, 0) - coalesce(g.delivered, 0) as delivered, coalesce(d.refused, 0) as refused, d.latest as "lastDeliveredAt",
             (select count(*) from receipt r where r.link = s.link and r.outcome = 'accepted') as receipted,
             coalesce(i.received, 0) as received, coalesce(i.refused, 0) as "receivedRefused",
             i.latest as "lastReceivedAt",
             (select count(*) from receipt_owed w where w.link = s.link) as "receiptsOwed",
             (select count(*) from version_hole h where h.link = s.link) as holes,
             (select count(*) from quarantine q where q.link = s.link) as quarantined
           from link_state s
           left join lateral (
             select count(*) as pending, min(at) as oldest from outbox where link = s.link and lane <> 'control') o on true
           left join lateral (
             select count(*) filter (where outcome = 'delivered') as delivered,
                    count(*) filter (where outcome = 'refused') as refused, max(at) as latest
             from delivery where link = s.link) d on true
           left join lateral (
             select count(*) as delivered from message m join delivery on delivery.id = m.id and delivery.link = m.link
             where m.link = s.link and m.direction = 'out' and m.subject = 'gateway') g on true
           left join lateral (
             select count(*) filter (where not refused) as received,
                    count(*) filter (where refused) as refused, max(at) as latest
             from subject_version where link = s.link and party <> $1) i on true
           order by s.link`,
    values: [party],
  });
}

export interface LaneOverview {
  link: string;
  lane: string;
  pending: number;
  oldestPendingAt: Date | null;
  attempts: number;
  nextAttemptAt: Date | null;
  lastError: string | null;
  lastErrorAt: Date | null;
  paused: boolean;
  owner: string | null;
}

export function readLanes(database: Database): Promise<LaneOverview[]> {
  return database.query<LaneOverview>({
    name: 'operations-lanes',
    text: `select l.link, l.lane, coalesce(o.pending, 0) as pending, o.oldest as "oldestPendingAt", l.attempts,
             l.next_attempt_at as "nextAttemptAt", l.last_error as "lastError", l.last_error_at as "lastErrorAt",
             l.paused, case when l.lease_until >= clock_timestamp() then l.owner end as owner
           from lane l
           left join lateral (
             select count(*) as pending, min(at) as oldest from outbox where link = l.link and lane = l.lane) o on true
           order by l.link, length(l.lane), l.lane`,
    values: [],
  });
}
