import { appendEntries } from '../audit/append-entries.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { giveUpMonth, type OldMonth, oldMonths } from './give-up-months.ts';
import { countRows, removeRows } from './remove-rows.ts';
import { messagesGivenUpBefore, type RetentionRule, retentionRules } from './rules.ts';

/** What is past its time, or was. */
export interface RetentionReport {
  at: Date;
  rows: { what: string; table: string; before: Date; count: number }[];
  /** Whole months of messages; empty where they are kept for ever. */
  months: OldMonth[];
}

type Settings = Pick<Config, 'retention' | 'links'>;

/** What a run would remove now. Nothing is changed. */
export async function planRetention(
  database: Database,
  settings: Settings,
  now: Date,
): Promise<RetentionReport> {
  return report(database, settings, now, (rule) => countRows(database, rule, now));
}

/** Removes what is past its time, with one audit entry that says what it was. */
export async function applyRetention(
  database: Database,
  settings: Settings,
  by: string,
  now: Date,
): Promise<RetentionReport> {
  const applied = await report(database, settings, now, (rule) => removeRows(database, rule, now));
  for (const month of applied.months) if (!month.inUse) await giveUpMonth(database, month);
  // A crash before the entry leaves rows removed without it; they were nobody's evidence.
  const rows = applied.rows.filter(({ count }) => count > 0).map(({ table, count }) => ({ table, count }));
  const months = applied.months.filter(({ inUse }) => !inUse).map(({ month }) => month);
  if (rows.length + months.length > 0) {
    await database.transaction((tx) =>
      appendEntries(tx, [{ kind: 'retention-applied', by, rows, months }], now),
    );
  }
  return applied;
}

async function report(
  database: Database,
  settings: Settings,
  now: Date,
  figure: (rule: RetentionRule) => Promise<number>,
): Promise<RetentionReport> {
  const rows: RetentionReport['rows'] = [];
  for (const rule of retentionRules(settings)) {
    const { what, table, keptMs } = rule;
    rows.push({ what, table, before: new Date(now.getTime() - keptMs), count: await figure(rule) });
  }
  const before = messagesGivenUpBefore(settings, now);
  return { at: now, rows, months: before ? await oldMonths(database, before) : [] };
}
