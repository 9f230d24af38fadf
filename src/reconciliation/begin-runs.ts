import { appendEntries } from '../audit/append-entries.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { sendOwnMessage } from '../delivery/send-own-message.ts';
import type { Link } from '../links/link.ts';
import { readErased, statedErasures } from './erased-records.ts';
import { beginRun } from './keep-run.ts';
import { DAY_MS, PATIENCE_MS, type ReconcilingParts, type Run, registerOf } from './reconciliation.ts';

/**
 * Begins the reconciliation of both registers of a link: our digest is sent, and the partner is asked for its own by a
 * request that names no records, and told what was erased here. Where one is open already it goes on, and that one is answered.
 */
export async function beginBoth(
  parts: ReconcilingParts,
  link: Link,
  { dryRun, by }: { dryRun: boolean; by: string },
  now: Date,
): Promise<Run[]> {
  const runs = await parts.database.transaction(async (tx) => {
    const common = { link: link.id, reason: 'demand', askedBy: by, dryRun, dueAt: now, now } as const;
    const own = await beginRun(tx, { ...common, register: 'own', state: 'settling' });
    const partner = await beginRun(tx, {
      ...common,
      register: 'partner',
      state: 'awaiting',
      dueAt: new Date(now.getTime() + PATIENCE_MS),
    });
    if (partner.begun) {
      const erased = await readErased(tx, registerOf(parts.party, link, 'partner'));
      const data = { records: [], ...statedErasures(erased) };
      await sendOwnMessage(tx, parts, link, { type: 'resync-request', data }, now, {
        for: 'register-digest',
      });
    }
    if (own.begun || partner.begun) {
      await appendEntries(tx, [{ kind: 'reconciliation-asked', link: link.id, by, dryRun }], now);
    }
    return [own.run, partner.run];
  });
  parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
  return runs;
}

/** Begins the daily reconciliation of our own register, where it is due; the partner's side does so with its own. */
export async function beginDaily(parts: ReconcilingParts, link: Link, now: Date): Promise<boolean> {
  return parts.database.transaction(async (tx) => {
    const due = await tx.query({
      name: 'reconciliation-claim-daily',
      text: `update link_state set reconcile_at = clock_timestamp() + $2 * interval '1 ms'
             where link = $1 and reconcile_at <= clock_timestamp() returning 1`,
      values: [link.id, DAY_MS],
    });
    if (due.length === 0) return false;
    await beginRun(tx, {
      link: link.id,
      register: 'own',
      reason: 'daily',
      askedBy: null,
      dryRun: false,
      state: 'settling',
      dueAt: now,
      now,
    });
    return true;
  });
}
