import type { Config } from '../config/config.ts';
import { KEPT_HOURS } from '../http/idempotency.ts';

/** Rows of one table that are removed when they are so old. */
export interface RetentionRule {
  /** In reports: what an operator calls the rows. */
  what: string;
  table:
    | 'attempt'
    | 'access_log'
    | 'idempotency'
    | 'ledger_comparison'
    | 'ledger_hour'
    | 'reconciliation'
    | 'traffic_minute'
    | 'job'
    | 'operator_note';
  /** The column that says how old a row is. */
  column: string;
  keptMs: number;
  /** Only rows of this link. */
  link?: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TRAFFIC_DAYS = 90;

/**
 * What is removed row by row. Messages, deliveries, receipts, the feed and the register are not among it: they are
 * evidence and are kept, unless whole months of them are given up (`retention.messageMonths`).
 */
export function retentionRules({ retention, links }: Pick<Config, 'retention' | 'links'>): RetentionRule[] {
  return [
    {
      what: 'requests to partners',
      table: 'attempt',
      column: 'started_at',
      keptMs: retention.attemptDays * DAY_MS,
    },
    {
      what: 'reads of partner data',
      table: 'access_log',
      column: 'to_at',
      keptMs: retention.accessLogDays * DAY_MS,
    },
    { what: 'answers of idempotency keys', table: 'idempotency', column: 'at', keptMs: KEPT_HOURS * HOUR_MS },
    {
      what: 'comparisons with partners',
      table: 'ledger_comparison',
      column: 'started_at',
      keptMs: retention.comparisonDays * DAY_MS,
    },
    {
      what: 'reconciliations with partners',
      table: 'reconciliation',
      column: 'ended_at',
      keptMs: retention.comparisonDays * DAY_MS,
    },
    // The totals stay; a page shows a week of minutes.
    { what: 'minutes of traffic', table: 'traffic_minute', column: 'minute', keptMs: TRAFFIC_DAYS * DAY_MS },
    { what: 'jobs', table: 'job', column: 'ended_at', keptMs: retention.comparisonDays * DAY_MS },
    {
      what: 'notes of operators',
      table: 'operator_note',
      column: 'at',
      keptMs: retention.comparisonDays * DAY_MS,
    },
    ...links.map(
      (link): RetentionRule => ({
        what: `hours compared on ${link.id}`,
        table: 'ledger_hour',
        column: 'hour',
        keptMs: link.retentionMs + DAY_MS,
        link: link.id,
      }),
    ),
  ];
}

/**
 * Months of messages that may be given up end before this instant; never within the retention of a link, whose
 * messages a partner may still ask for, nor in the two months before it, whose partitions a start makes again.
 */
export function messagesGivenUpBefore(
  { retention, links }: Pick<Config, 'retention' | 'links'>,
  now: Date,
): Date | undefined {
  if (retention.messageMonths === undefined) return undefined;
  const wanted = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - retention.messageMonths);
  const repairable = now.getTime() - Math.max(0, ...links.map((link) => link.retentionMs)) - 62 * DAY_MS;
  return new Date(Math.min(wanted, repairable));
}
