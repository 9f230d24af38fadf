import type { Logger } from 'pino';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { backOffMs } from './back-off.ts';
import { FIRST_BATCH_SETS, nextBatchSize } from './batch-size.ts';
import { claimLane, type LaneRef, LEASE_RENEW_MS, releaseLane, renewLease } from './claim-lane.ts';
import { haltLink } from './halt-link.ts';
import type { AnsweredRequest } from './read-answer.ts';
import { backOffLane, recordAnswered, recordFailure } from './record-answer.ts';
import type { RequestGate } from './request-gate.ts';
import { type PartnerConnection, type SentRequest, sendSets } from './send-sets.ts';
import { type PendingMessage, takeBatch } from './take-batch.ts';

export interface DrainParts {
  database: Database;
  log: Logger;
  link: Link;
  connection: PartnerConnection;
  /** Shared by the lanes of the link. */
  gate: RequestGate;
  /** Who holds the lease: one id per process. */
  owner: string;
  /** Told of each request, for figures. */
  onRequest?(ref: LaneRef, request: SentRequest): void;
  /** Ends the drain after the request in hand. */
  stop: AbortSignal;
}

/** How a drain ended. `backing-off` carries the wait until the lane is to be tried again. */
export type Drained =
  | { ended: 'empty' | 'owned' | 'paused' | 'halted' | 'stopped' }
  | { ended: 'backing-off'; waitMs: number };

/**
 * Sends what is pending in a lane, one request after another, until it is empty, fails, or is no longer
 * ours. A failure is one probe: the lane waits as a whole, however many messages it holds.
 */
export async function drainLane(parts: DrainParts, ref: LaneRef): Promise<Drained> {
  const { database, owner, log } = parts;
  const claimed = await claimLane(database, ref, owner);
  if ('reason' in claimed) {
    return claimed.reason === 'backing-off'
      ? { ended: 'backing-off', waitMs: claimed.waitMs }
      : { ended: claimed.reason };
  }
  let leased = true;
  const heartbeat = setInterval(() => {
    renewLease(database, ref, owner).then(
      (ours) => {
        leased = ours;
      },
      (error: unknown) => log.warn({ err: error, ...ref }, 'lane: lease not renewed'),
    );
  }, LEASE_RENEW_MS);
  try {
    const setsMax = parts.link.batchSetsMax;
    let attempts = claimed.attempts;
    let size = Math.min(FIRST_BATCH_SETS, setsMax);
    while (leased) {
      using _place = await parts.gate.enter(ref.lane);
      if (parts.stop.aborted) return { ended: 'stopped' };
      const batch = await takeBatch(database, ref, {
        setsMax: size,
        bytesMax: parts.link.batchBytesMax,
      });
      if (batch.length === 0) return { ended: 'empty' };
      const started = performance.now();
      const wait = await sendBatch(parts, ref, batch, attempts);
      if (wait !== undefined) return wait;
      attempts = 0;
      size = nextBatchSize(size, performance.now() - started, setsMax);
    }
    return { ended: 'owned' };
  } finally {
    clearInterval(heartbeat);
    if (leased) await releaseLane(database, ref, owner).catch(() => undefined);
  }
}

/** @returns how the drain ends, or undefined where it goes on */
async function sendBatch(
  parts: DrainParts,
  ref: LaneRef,
  batch: readonly PendingMessage[],
  attempts: number,
): Promise<Drained | undefined> {
  const { database, log, connection, link } = parts;
  const request = await sendSets(connection, batch, new Date());
  parts.onRequest?.(ref, request);
  // A crash here leaves the outbox as it was; the partner may hold the messages and answers the repeat.
  const { answer } = request;
  if (answer.kind === 'answered') {
    await recordAnswered(database, ref, batch, request, answer, new Date());
    return settleFaults(parts, ref, answer, attempts);
  }
  const waitMs = backOffMs(attempts + 1, link.retry, answer.retryAfterMs, Math.random());
  await recordFailure(database, ref, batch, request, { result: answer.kind, error: answer.error, waitMs });
  log.warn({ ...ref, attempts: attempts + 1, waitMs, pending: batch.length }, `lane: ${answer.error}`);
  return { ended: 'backing-off', waitMs };
}

/** Halts the link or backs the lane off where the partner named messages that failed a check of the link. */
async function settleFaults(
  { database, log, link }: DrainParts,
  ref: LaneRef,
  answer: AnsweredRequest,
  attempts: number,
): Promise<Drained | undefined> {
  if (answer.halt) {
    const reason = `partner answers ${answer.halt.err} for message ${answer.halt.id}: ${answer.halt.description}`;
    await haltLink(database, link.id, reason);
    log.error({ ...ref, message: answer.halt.id }, `link halted: ${reason}`);
    return { ended: 'halted' };
  }
  const [faulty] = answer.faulty;
  if (!faulty) return undefined;
  const waitMs = backOffMs(attempts + 1, link.retry, undefined, Math.random());
  await backOffLane(database, ref, {
    error: `partner refuses the link: ${faulty.err} (${faulty.description})`,
    waitMs,
  });
  log.error({ ...ref, waitMs, message: faulty.id, code: faulty.err }, 'lane: partner refuses the link');
  return { ended: 'backing-off', waitMs };
}
