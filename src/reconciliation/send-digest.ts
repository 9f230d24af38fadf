import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { sendOwnMessage } from '../delivery/send-own-message.ts';
import type { Link } from '../links/link.ts';
import { digestRegister } from './digest-register.ts';
import { readErased, statedErasures } from './erased-records.ts';
import { findUnsettled, LEFT_OUT_MAX } from './find-unsettled.ts';
import { endRun, moveRun } from './keep-run.ts';
import { PATIENCE_MS, type ReconcilingParts, type Run, registerOf } from './reconciliation.ts';

/** A message drawn before the instant may be committed after it; accepting a thousand takes half a second. */
const SETTLING_MS = 2_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * Says to the partner, signed, what our register is, once everything accepted up to the run's instant has its answer:
 * a message on its way is no difference.
 *
 * A crash after the digest is made and before the commit leaves the run as it was: the next owner makes it again.
 */
export async function sendDigest(parts: ReconcilingParts, link: Link, run: Run, now: Date): Promise<void> {
  const { database } = parts;
  const until = run.until ?? now;
  const wait = (ms: number) =>
    moveRun(database, run, { ...run, state: 'settling', until, dueAt: new Date(now.getTime() + ms) });
  const settlingMs = parts.waits?.settlingMs ?? SETTLING_MS;
  if (now.getTime() - until.getTime() < settlingMs) return wait(settlingMs);
  const { pending, stuck } = await findUnsettled(database, link.id, until);
  if (pending > 0 || stuck.length > LEFT_OUT_MAX) {
    if (now.getTime() - until.getTime() < PATIENCE_MS) return wait(LOOK_AGAIN_MS);
    const findings = { ...run.findings, leftOut: stuck.length };
    await database.transaction((tx) => endRun(tx, { ...run, until }, 'unsettled', findings, now));
    parts.log.error(
      { link: link.id, pending, stuck: stuck.length },
      'reconciliation: not begun, because earlier messages are not delivered',
    );
    return;
  }
  const register = registerOf(parts.party, link, 'own');
  const erased = await readErased(database, register);
  const digest = await digestRegister(database, register, {
    until,
    leftOut: stuck,
    erased,
    stop: parts.stop,
  });
  const data = {
    ...(run.dryRun ? { compareOnly: true } : {}),
    until: until.toISOString(),
    root: digest.root.toString('base64url'),
    buckets: digest.buckets.toString('base64url'),
    leftOut: stuck,
    ...statedErasures(erased),
  };
  const sentAt = new Date();
  await database.transaction(async (tx) => {
    const id = await sendOwnMessage(tx, parts, link, { type: 'register-digest', data }, sentAt, {
      records: digest.records,
    });
    await moveRun(tx, run, {
      state: 'awaiting',
      round: run.round,
      until,
      digest: id,
      root: digest.root,
      dueAt: new Date(sentAt.getTime() + PATIENCE_MS),
      findings: { ...run.findings, records: digest.records, leftOut: stuck.length },
    });
  });
  parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
}
