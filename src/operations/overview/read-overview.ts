import { readLags } from '../../audit/audit-figures.ts';
import { readWitnesses } from '../../audit/witness-state.ts';
import type { Party } from '../../contract/party.ts';
import { CONTROL_LANE } from '../../delivery/lane-of.ts';
import type { Link } from '../../links/link.ts';
import type { Database } from '../../store/database.ts';
import type { AlertBoard } from '../alerts/alert-board.ts';
import { type LaneOverview, readLanes, secondsSince } from '../lanes/read-lanes.ts';
import { emptyTotal, readTotals, type TrafficTotal } from '../traffic/read-traffic.ts';
import { type LinkFacts, readLinkFacts } from './read-link-facts.ts';
import { type LastReconciliation, readLastReconciliations } from './read-reconciliations.ts';

export type OutState = 'flowing' | 'idle' | 'waiting' | 'backing-off' | 'paused' | 'halted';
export type InState = 'flowing' | 'idle' | 'silent';

/** One link as two directions. The gateways' own messages (receipts, digests) are not counted. */
export interface LinkOverview {
  id: string;
  partner: Party | null;
  exchangeUrl: string | null;
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
  out: {
    state: OutState;
    waiting: number;
    oldestSeconds: number | null;
    perMinute: number;
    lastDeliveredAt: Date | null;
    lastReceiptedAt: Date | null;
    parked: number;
    refused: number;
    lanesBackingOff: number;
    lanesPaused: number;
    nextAttemptAt: Date | null;
    lastError: string | null;
  };
  in: {
    state: InState;
    perMinute: number;
    lastReceivedAt: Date | null;
    lastHeardAt: Date | null;
    receiptsOwed: number;
    quarantined: number;
    holes: number;
  };
  /** Messages of ours that the partner took five minutes ago or earlier, and has not receipted. */
  receiptsOverdue: number;
  oldestReceiptWaitSeconds: number | null;
  /** The partner's clock less ours. */
  clockSkewMs: number | null;
  clockSkewAt: Date | null;
  witness: { state: string; lagSeconds: number } | null;
  lastComparison: { at: Date; outcome: string; reason: string } | null;
  lastReconciliation: LastReconciliation | null;
}

export interface OverviewParts {
  database: Database;
  party: Party;
  links: ReadonlyMap<string, Link>;
  /** Absent: nobody looks for alerts. */
  board?: AlertBoard;
}

/** A partner is pinged once a minute: three that it does not answer are silence. */
const SILENT_AFTER_MS = 180_000;

/** Everything at a glance: small tables, minutes that were counted, and what happened since. */
export async function readLinkOverviews(
  { database, party, links }: OverviewParts,
  now: Date,
): Promise<LinkOverview[]> {
  const [facts, lanes, totals, witnesses, lags, reconciled] = await Promise.all([
    readLinkFacts(database),
    readLanes(database, now),
    readTotals(database, party, now),
    readWitnesses(database),
    readLags(database),
    readLastReconciliations(database),
  ]);
  const lagOf = new Map(lags.map((lag) => [lag.link, lag.cosigning]));
  const witnessOf = new Map(
    witnesses.map(({ link, state }) => [link, { state, lagSeconds: Math.round(lagOf.get(link) ?? 0) }]),
  );
  return facts.map((fact) => ({
    ...describe(
      fact,
      links.get(fact.id),
      lanes.filter((lane) => lane.link === fact.id && lane.lane !== CONTROL_LANE),
      totals.get(fact.id) ?? emptyTotal(fact.id),
      now,
    ),
    witness: witnessOf.get(fact.id) ?? null,
    lastReconciliation: reconciled.get(fact.id) ?? null,
  }));
}

function describe(
  fact: LinkFacts,
  link: Link | undefined,
  lanes: readonly LaneOverview[],
  total: TrafficTotal,
  now: Date,
): Omit<LinkOverview, 'witness' | 'lastReconciliation'> {
  const pending = lanes.reduce((sum, lane) => sum + lane.pending, 0);
  const oldest = earliest(lanes.map((lane) => lane.oldestPendingAt));
  const { receiptsOwed, holes, quarantined } = fact;
  return {
    id: fact.id,
    partner: link?.partner ?? null,
    exchangeUrl: link?.exchangeUrl ?? null,
    pending,
    oldestPendingAt: oldest,
    delivered: total.delivered,
    refused: total.refused,
    receipted: total.receipted,
    lastDeliveredAt: total.deliveredAt,
    received: total.received,
    receivedRefused: total.receivedRefused,
    lastReceivedAt: total.receivedAt,
    receiptsOwed,
    holes,
    quarantined,
    haltedAt: fact.haltedAt,
    haltedReason: fact.haltedReason,
    partnerEdition: fact.partnerEdition,
    out: {
      ...describeOut(fact, lanes, pending, total),
      oldestSeconds: secondsSince(oldest, now),
    },
    in: {
      state: inState(fact, total, now),
      perMinute: round(total.receivedPerMinute),
      lastReceivedAt: total.receivedAt,
      lastHeardAt: fact.heardAt,
      receiptsOwed,
      quarantined,
      holes,
    },
    receiptsOverdue: fact.overdue,
    oldestReceiptWaitSeconds: secondsSince(fact.overdueSince, now),
    clockSkewMs: fact.skewMs,
    clockSkewAt: fact.skewMs === null ? null : fact.skewAt,
    lastComparison:
      fact.comparedAt && fact.comparedOutcome && fact.comparedReason
        ? { at: fact.comparedAt, outcome: fact.comparedOutcome, reason: fact.comparedReason }
        : null,
  };
}

function describeOut(
  fact: LinkFacts,
  lanes: readonly LaneOverview[],
  pending: number,
  total: TrafficTotal,
): Omit<LinkOverview['out'], 'oldestSeconds'> {
  const backingOff = lanes.filter((lane) => lane.state === 'backing-off');
  const paused = lanes.filter((lane) => lane.paused);
  const next = earliest(backingOff.map((lane) => lane.nextAttemptAt));
  const failed = backingOff.find((lane) => lane.nextAttemptAt === next) ?? backingOff[0];
  return {
    state: outState(fact, {
      pending,
      total,
      backingOff: backingOff.length,
      paused: paused.length,
      lanes: lanes.length,
    }),
    waiting: pending,
    perMinute: round(total.deliveredPerMinute),
    lastDeliveredAt: total.deliveredAt,
    lastReceiptedAt: total.receiptedAt,
    parked: lanes.reduce((sum, lane) => sum + lane.parked, 0),
    refused: fact.refusedWaiting,
    lanesBackingOff: backingOff.length,
    lanesPaused: paused.length,
    nextAttemptAt: next,
    lastError: failed?.lastError ?? null,
  };
}

function outState(
  fact: LinkFacts,
  counts: { pending: number; total: TrafficTotal; backingOff: number; paused: number; lanes: number },
): OutState {
  if (fact.haltedAt) return 'halted';
  if (counts.lanes > 0 && counts.paused === counts.lanes) return 'paused';
  if (counts.backingOff > 0) return 'backing-off';
  if (counts.total.deliveredPerMinute > 0) return 'flowing';
  return counts.pending > 0 ? 'waiting' : 'idle';
}

function inState({ heardAt }: LinkFacts, { receivedPerMinute }: TrafficTotal, now: Date): InState {
  if (receivedPerMinute > 0) return 'flowing';
  return heardAt && now.getTime() - heardAt.getTime() < SILENT_AFTER_MS ? 'idle' : 'silent';
}

function earliest(times: readonly (Date | null)[]): Date | null {
  return times.reduce<Date | null>((first, at) => (at && (!first || at < first) ? at : first), null);
}

function round(rate: number): number {
  return Math.round(rate * 10) / 10;
}
