import type { Logger } from 'pino';
import { readStoredSet } from '../envelope/read-set.ts';
import type { RegisterDigest } from '../generated/messages.ts';
import type { HandlingContext, OwnMessageHandler } from '../reception/handle-own-messages.ts';
import type { Transaction } from '../store/database.ts';
import { differingBuckets } from './buckets.ts';
import { countRepaired } from './count-repaired.ts';
import { beginRun, endRun, moveRun, readOpen } from './keep-run.ts';
import type { Findings } from './reconciliation.ts';

/**
 * Takes digests of the partner's, in the transaction that stores them. One of its own register waits until we have
 * compared our copy with it, which takes longer than a request; an answer to a digest of ours ends our run.
 *
 * @param issuer our own
 */
export function registerDigestTaker(issuer: string, log: Logger): OwnMessageHandler<'register-digest'> {
  return async (tx, received, context) => {
    for (const { id, data } of received) {
      if (data.of === issuer) await takeAnswer(tx, data, context, log);
      else if (data.of === undefined || data.of === context.link.issuer) {
        await takeDigest(tx, id, data, context);
      } else log.warn({ link: context.link.id, message: id }, 'reconciliation: digest about neither side');
    }
  };
}

/** It goes on with the run that waits for it: one that we asked for, or the next round. Else it begins one. */
async function takeDigest(
  tx: Transaction,
  id: string,
  data: RegisterDigest,
  { link, now }: HandlingContext,
): Promise<void> {
  const { run, begun } = await beginRun(tx, {
    link: link.id,
    register: 'partner',
    reason: 'partner',
    askedBy: null,
    dryRun: data.compareOnly ?? false,
    state: 'comparing',
    dueAt: now,
    now,
  });
  const repaired = (run.findings.repaired ?? 0) + (await countRepaired(tx, run));
  await moveRun(tx, run, {
    state: 'comparing',
    round: begun || run.digest === null ? 1 : run.round + 1,
    until: new Date(data.until),
    digest: id,
    dueAt: now,
    findings: { ...run.findings, ...(repaired > 0 ? { repaired } : {}) },
  });
}

/** What the partner says that it holds of our register. */
async function takeAnswer(
  tx: Transaction,
  data: RegisterDigest,
  { link, now }: HandlingContext,
  log: Logger,
): Promise<void> {
  const run = await readOpen(tx, link.id, 'own');
  if (!run?.digest || run.until?.getTime() !== Date.parse(data.until)) return;
  const ours = await readDigestMessage(tx, link.id, run.digest);
  if (!ours) return;
  const findings: Findings = { ...run.findings };
  if (ours.root === data.root) {
    await endRun(tx, run, run.round > 1 ? 'repaired' : 'equal', findings, now);
    return;
  }
  if (data.buckets !== undefined && ours.buckets !== undefined) {
    const differing = differingBuckets(bytesOf(ours.buckets), bytesOf(data.buckets));
    findings.differingBuckets ??= differing.length;
  }
  await endRun(tx, run, 'differs', findings, now);
  log.error({ link: link.id, ...findings }, 'reconciliation: our register and the copy of it differ');
}

/** A digest that is on record, sent or received. */
export async function readDigestMessage(
  tx: Pick<Transaction, 'query'>,
  link: string,
  id: string,
): Promise<RegisterDigest | undefined> {
  const [row] = await tx.query<{ jws: string | null }>({
    name: 'reconciliation-digest-message',
    text: `select jws from message where id = $2 and link = $1 and type = 'register-digest'`,
    values: [link, id],
  });
  return row?.jws ? (readStoredSet(row.jws).event.data as RegisterDigest) : undefined;
}

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');
