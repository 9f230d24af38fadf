import { setTimeout as delay } from 'node:timers/promises';
import type { Link } from '../links/link.ts';
import { answerRecords, readRequests } from './answer-records.ts';
import { beginDaily } from './begin-runs.ts';
import { compareDigest } from './compare-digest.ts';
import { claimRun, endRun, renewLease } from './keep-run.ts';
import type { ReconcilingParts, Run } from './reconciliation.ts';
import { sendDigest } from './send-digest.ts';

const TICK_MS = 1_000;
/** A process that died with a run in hand is followed by another one after this. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;

/** Reconciles every link: daily, and whenever an operator or the partner asks. What is due is done by who finds it. */
export function runReconciliations(parts: ReconcilingParts): AsyncDisposable {
  const stop = new AbortController();
  const stoppable = { ...parts, stop: stop.signal };
  const running = Promise.all([...parts.links.values()].map((link) => attend(stoppable, link, stop.signal)));
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function attend(parts: ReconcilingParts, link: Link, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      await beginDaily(parts, link, new Date());
      while (!stop.aborted && (await takeStep(parts, link)));
    } catch (error) {
      if (stop.aborted) return;
      parts.log.warn({ err: error, link: link.id }, 'reconciliation: a step failed, tried again in a moment');
    }
    await delay(TICK_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Does what is due of one run. @returns whether anything was */
export async function takeStep(parts: ReconcilingParts, link: Link): Promise<boolean> {
  const run = await claimRun(parts.database, link.id, LEASE_MS);
  if (!run) return false;
  const renewing = setInterval(() => {
    renewLease(parts.database, run.id, LEASE_MS).catch((error: unknown) =>
      parts.log.warn({ err: error }, 'reconciliation: lease not renewed'),
    );
  }, RENEW_MS);
  try {
    await step(parts, link, run);
  } finally {
    clearInterval(renewing);
  }
  return true;
}

async function step(parts: ReconcilingParts, link: Link, run: Run): Promise<void> {
  if (run.state === 'comparing') return compareDigest(parts, link, run);
  const requests = run.register === 'own' ? await readRequests(parts, link.id) : [];
  if (requests.length > 0) return answerRecords(parts, link, run, requests);
  if (run.state === 'settling') return sendDigest(parts, link, run, new Date());
  // Awaiting, and nothing came for so long: the partner is away, or does not know the question.
  parts.log.warn({ link: link.id, register: run.register }, 'reconciliation: the partner has not answered');
  await parts.database.transaction((tx) => endRun(tx, run, 'unanswered', run.findings, new Date()));
}
