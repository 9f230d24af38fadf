import type { Logger } from 'pino';
import type { Database, Transaction } from '../../store/database.ts';
import { runSoon } from '../../turns/run-soon.ts';
import type { Alert } from './alert.ts';
import type { AlertBoard } from './alert-board.ts';
import { queueNotices } from './notify/queue-notices.ts';

/** How soon an alert is told. */
const INTERVAL_MS = 5_000;
/** What is not seen for so long is over: a lane that is tried at this moment is not well yet. */
const CLEAR_AFTER_MS = 15_000;
/** Looking takes at most this share of one connection's time. */
const SHARE = 1 / 20;

export interface AlertWatchParts {
  database: Database;
  log: Pick<Logger, 'warn' | 'error' | 'info'>;
  board: AlertBoard;
  /** Whether there is a webhook to be told. */
  notify: boolean;
}

/** Tells of alerts that come and go, once for all processes: in the log, and to the webhook. */
export function watchAlerts(parts: AlertWatchParts): AsyncDisposable {
  let nextAt = 0;
  return runSoon({
    async work() {
      if (performance.now() < nextAt || !(await claimLook(parts.database))) return;
      const begun = performance.now();
      await compareAlerts(parts, new Date());
      nextAt = performance.now() + (performance.now() - begun) / SHARE;
    },
    soonMs: INTERVAL_MS,
    idleMs: INTERVAL_MS,
    onError: (error) => parts.log.warn({ err: error }, 'alerts: not watched, next try in a moment'),
  });
}

async function claimLook(database: Database): Promise<boolean> {
  const rows = await database.query({
    name: 'alerts-claim-look',
    text: `update alert_watch set looked_at = clock_timestamp()
           where looked_at is null or looked_at < clock_timestamp() - $1 * interval '1 ms' returning 1`,
    values: [INTERVAL_MS - 500],
  });
  return rows.length > 0;
}

interface ToldRow {
  id: string;
  severity: string;
  alert: string;
  seenAt: Date;
}

/** What came and what went, as alerts. */
export interface AlertChanges {
  raised: Alert[];
  cleared: Alert[];
}

/**
 * Compares what stands with what was told, in one transaction with the notices of it. A crash before the commit leaves
 * both as they were, and the next look finds the same; one after it leaves the log line untold, not the webhook.
 */
export async function compareAlerts(
  { database, log, board, notify }: AlertWatchParts,
  now: Date,
): Promise<AlertChanges> {
  const { alerts, complete } = await board.look();
  const changes = await database.transaction(async (tx) => {
    await tx.query({ name: 'alerts-lock', text: 'select from alert_watch for update', values: [] });
    const told = await tx.query<ToldRow>({
      name: 'alerts-told',
      text: 'select id, severity, alert, seen_at as "seenAt" from alert',
      values: [],
    });
    const before = new Map(told.map((row) => [row.id, row]));
    const audible = new Set(await endMutes(tx, alerts, now));
    const raised = alerts.filter(
      ({ id, severity }) => before.get(id)?.severity !== severity || audible.has(id),
    );
    const standing = new Set(alerts.map(({ id }) => id));
    const gone = told.filter(
      (row) => complete && !standing.has(row.id) && now.getTime() - row.seenAt.getTime() >= CLEAR_AFTER_MS,
    );
    await keepAlerts(tx, alerts, now);
    await forgetAlerts(
      tx,
      gone.map(({ id }) => id),
    );
    const cleared = gone.map(({ alert }) => JSON.parse(alert) as Alert);
    if (notify) await queueNotices(tx, { raised, cleared }, now);
    return { raised, cleared };
  });
  for (const { severity, text, ...alert } of changes.raised) {
    const line = {
      alert: alert.id,
      code: alert.code,
      link: alert.link,
      lane: alert.lane,
      message: alert.message,
    };
    log[severity === 'critical' ? 'error' : severity === 'warning' ? 'warn' : 'info'](
      { ...line, action: alert.action.en, runbook: alert.runbook },
      `alert: ${text.en}`,
    );
  }
  for (const { id, code, link, lane, message, text } of changes.cleared) {
    log.info({ alert: id, code, link, lane, message }, `alert over: ${text.en}`);
  }
  return changes;
}

async function keepAlerts(tx: Transaction, alerts: readonly Alert[], now: Date): Promise<void> {
  await tx.query({
    name: 'alerts-keep',
    text: `insert into alert as a (id, severity, alert, raised_at, seen_at)
           select id, severity, alert, $4, $4 from unnest($1::text[], $2::text[], $3::json[]) as u(id, severity, alert)
           on conflict (id) do update set severity = excluded.severity, alert = excluded.alert, seen_at = excluded.seen_at`,
    values: [
      alerts.map(({ id }) => id),
      alerts.map(({ severity }) => severity),
      alerts.map((alert) => JSON.stringify(alert)),
      now,
    ],
  });
}

/** A mute that is over while its alert stands: it is told as if it came, but where somebody works on it. @returns ids */
async function endMutes(tx: Transaction, alerts: readonly Alert[], now: Date): Promise<string[]> {
  const ended = await tx.query<{ id: string; acknowledged: boolean }>({
    name: 'alerts-end-mutes',
    text: `update alert_handling set muted_until = null, muted_by = null, mute_reason = null
           where id = any ($1::text[]) and muted_until <= $2
           returning id, acknowledged_at is not null as acknowledged`,
    values: [alerts.map(({ id }) => id), now],
  });
  return ended.flatMap(({ id, acknowledged }) => (acknowledged ? [] : [id]));
}

/** An acknowledgement is of this time only; a mute lasts until its own. */
async function forgetAlerts(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'alerts-forget',
    text: 'delete from alert where id = any ($1::text[])',
    values: [ids],
  });
  await tx.query({
    name: 'alerts-forget-acknowledged',
    text: `update alert_handling set acknowledged_by = null, acknowledged_at = null where id = any ($1::text[])`,
    values: [ids],
  });
}
