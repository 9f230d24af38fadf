import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { type RunningWork, runSoon } from '../turns/run-soon.ts';
import { AuditError } from './audit-error.ts';
import { findUnmirrored, mirrorLog, noteMirrorFault } from './mirror-log.ts';
import type { Witness } from './publish-checkpoint.ts';

/** A cosigned checkpoint is mirrored this soon, so that a busy log is pulled in larger pieces. */
const INTERVAL_MS = 500;
/** Without a word: to find what other processes cosigned, and what failed. */
const IDLE_MS = 5_000;

export interface MirrorParts {
  database: Database;
  log: Logger;
  partners: readonly Pick<Witness, 'link' | 'partner'>[];
}

/** Keeps the partners' logs here as well, so that what one of them loses in a restore is not lost. */
export function runMirror(parts: MirrorParts): RunningWork {
  return runSoon({
    work: () => mirrorAll(parts),
    soonMs: INTERVAL_MS,
    idleMs: IDLE_MS,
    onError: (error) => parts.log.warn({ err: error }, 'audit: mirror failed, next try in a moment'),
  });
}

/** Pulls what was cosigned and is not kept yet, once. */
export async function mirrorAll(parts: MirrorParts): Promise<void> {
  await Promise.all(parts.partners.map((partner) => mirrorPartner(parts, partner)));
}

async function mirrorPartner(
  { database, log }: MirrorParts,
  { link, partner }: MirrorParts['partners'][number],
): Promise<void> {
  for (const watched of await findUnmirrored(database, link)) {
    try {
      await mirrorLog(database, partner, watched);
    } catch (error) {
      if (!(error instanceof AuditError)) throw error;
      await noteMirrorFault(database, watched, error.message);
      if (error.code === 'unanswered') log.debug({ link, origin: watched.origin }, `audit: ${error.message}`);
      else log.error({ link, origin: watched.origin }, `audit: ${error.message}`);
    }
  }
}
