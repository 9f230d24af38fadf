import { appendEntries } from '../../audit/append-entries.ts';
import type { Database } from '../../store/database.ts';
import { type NoteOfAlert, notesOf } from '../notes/operator-notes.ts';
import type { Alert } from './alert.ts';

export type HandlingState = 'open' | 'acknowledged' | 'muted';

/** An alert with what operators said of it. */
export interface HandledAlert extends Alert {
  state: HandlingState;
  acknowledged: { by: string; at: Date } | null;
  mutedUntil: Date | null;
  mutedBy: string | null;
  notes: NoteOfAlert[];
}

interface HandlingRow {
  id: string;
  acknowledgedBy: string | null;
  acknowledgedAt: Date | null;
  mutedUntil: Date | null;
  mutedBy: string | null;
}

export async function withHandling(
  database: Pick<Database, 'query'>,
  alerts: readonly Alert[],
  now: Date,
): Promise<HandledAlert[]> {
  const ids = alerts.map(({ id }) => id);
  const [rows, notes] = await Promise.all([
    database.query<HandlingRow>({
      name: 'alerts-handling',
      text: `select id, acknowledged_by as "acknowledgedBy", acknowledged_at as "acknowledgedAt",
               muted_until as "mutedUntil", muted_by as "mutedBy"
             from alert_handling where id = any ($1::text[])`,
      values: [ids],
    }),
    notesOf(database, ids),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return alerts.map((alert) => {
    const row = byId.get(alert.id);
    const muted = row?.mutedUntil && row.mutedUntil > now ? row : undefined;
    const acknowledged =
      row?.acknowledgedBy && row.acknowledgedAt ? { by: row.acknowledgedBy, at: row.acknowledgedAt } : null;
    return {
      ...alert,
      state: muted ? 'muted' : acknowledged ? 'acknowledged' : 'open',
      acknowledged,
      mutedUntil: muted?.mutedUntil ?? null,
      mutedBy: muted?.mutedBy ?? null,
      notes: notes.get(alert.id) ?? [],
    };
  });
}

/** Somebody works on it. It ends with the alert. */
export async function acknowledgeAlert(database: Database, id: string, by: string, now: Date): Promise<void> {
  await database.query({
    name: 'alerts-acknowledge',
    text: `insert into alert_handling as h (id, acknowledged_by, acknowledged_at) values ($1, $2, $3)
           on conflict (id) do update set acknowledged_by = $2, acknowledged_at = $3
             where h.acknowledged_at is null`,
    values: [id, by, now],
  });
}

/** Nobody is told of it until then, or, with null, from now on again. The audit log keeps who silenced what and why. */
export function muteAlert(
  database: Database,
  alert: Pick<Alert, 'id' | 'code' | 'link'>,
  { until, by, reason, now }: { until: Date | null; by: string; reason: string | undefined; now: Date },
): Promise<void> {
  return database.transaction(async (tx) => {
    await tx.query({
      name: 'alerts-mute',
      text: `insert into alert_handling (id, muted_until, muted_by, mute_reason) values ($1, $2, $3, $4)
             on conflict (id) do update set muted_until = $2, muted_by = $3, mute_reason = $4`,
      values: [alert.id, until, until && by, until && (reason ?? null)],
    });
    const entry = {
      kind: until ? 'alert-muted' : 'alert-unmuted',
      alert: alert.id,
      ...(alert.link === null ? {} : { link: alert.link }),
      by,
      ...(until ? { until: until.toISOString() } : {}),
      ...(reason === undefined ? {} : { reason }),
    };
    await appendEntries(tx, [entry], now);
  });
}
