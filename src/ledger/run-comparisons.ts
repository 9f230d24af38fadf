import { setTimeout as delay } from 'node:timers/promises';
import type { PartnerConnection } from '../delivery/send-sets.ts';
import type { Link } from '../links/link.ts';
import { answerClaim } from './answer-claims.ts';
import { type ComparingParts, type Comparison, type ComparisonOptions, compareLink } from './compare-link.ts';
import { closeIntake, readClosedIntakes } from './intake.ts';
import { IntakeGate } from './intake-gate.ts';
import { LedgerError } from './ledger-error.ts';
import { claimDue, isAllDue, RETRY_MS } from './schedule.ts';

/** How often a process looks what is due and which intakes are closed. */
const TICK_MS = 1_000;

export interface RunningParts extends ComparingParts {
  links: ReadonlyMap<string, Link>;
  connections: ReadonlyMap<string, PartnerConnection>;
}

export interface Comparisons extends AsyncDisposable {
  intake: IntakeGate;
}

/**
 * Compares every link at the start of this process, and then whenever it is due: hourly, after a restore on either
 * side, in full once a day. What is due is run by whichever process finds it first.
 */
export function runComparisons(parts: RunningParts): Comparisons {
  const stop = new AbortController();
  const intake = new IntakeGate(parts.links.keys());
  const stoppable = { ...parts, stop: stop.signal };
  const running = Promise.all([...parts.links.values()].map((link) => attend(stoppable, link, intake)));
  return {
    intake,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

interface StoppableParts extends RunningParts {
  stop: AbortSignal;
}

/** One link in this process, until it stops. Nothing that fails ends it. */
async function attend(parts: StoppableParts, link: Link, intake: IntakeGate): Promise<void> {
  let compared = false;
  let nextTry = 0;
  while (!parts.stop.aborted) {
    try {
      if (!compared && Date.now() >= nextTry) {
        compared = await compareAtStart(parts, link);
        nextTry = Date.now() + RETRY_MS;
      } else if (compared) {
        await compareWhenDue(parts, link);
      }
      while (!parts.stop.aborted && (await answerClaim(parts, link)));
      intake.refresh(await readClosedIntakes(parts.database));
      // Where the partner is away, a restored store has its intake closed all the same.
      intake.compared(link.id);
    } catch (error) {
      if (parts.stop.aborted) return;
      parts.log.warn({ err: error, link: link.id }, 'ledger: not compared, next try in a moment');
    }
    await delay(TICK_MS, undefined, { signal: parts.stop }).catch(() => undefined);
  }
}

/** @returns whether the partner answered */
async function compareAtStart(parts: StoppableParts, link: Link): Promise<boolean> {
  const all = await isAllDue(parts.database, link.id);
  const done = await compare(parts, link, { reason: all ? 'restore' : 'start', all, open: true });
  return done !== undefined;
}

async function compareWhenDue(parts: StoppableParts, link: Link): Promise<void> {
  const due = await claimDue(parts.database, link.id);
  if (!due) return;
  const { all, restored } = due;
  await compare(parts, link, { reason: restored ? 'restore' : 'hourly', all, open: restored });
}

/** @returns undefined where the partner gave no answer that counts */
async function compare(
  parts: StoppableParts,
  link: Link,
  options: ComparisonOptions,
): Promise<Comparison | undefined> {
  const connection = parts.connections.get(link.id);
  if (!connection) throw new Error(`no connection for the link ${link.id}`);
  try {
    return await compareLink(parts, link, connection, options);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    if (parts.stop.aborted) return undefined;
    const level = error.code === 'partner-away' ? 'info' : 'error';
    parts.log[level]({ link: link.id, code: error.code }, `ledger: ${error.message}`);
    if (error.code === 'foreign-set') await closeIntake(parts.database, link.id, error.message);
    return undefined;
  }
}
