import type { Logger } from 'pino';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { LEASE_RENEW_MS } from '../turns/lease.ts';
import { backOffMs } from './back-off.ts';
import { FIRST_BATCH_SETS, nextBatchSize } from './batch-size.ts';
import { claimLane, type LaneRef, releaseLane, renewLease } from './claim-lane.ts';
import { haltLink } from './halt-link.ts';
import { FAILURES_BEFORE_SUSPICION, type Failure, judgeFailure, type LaneHealth } from './lane-health.ts';
import { sendPending } from './push-events.ts';
import type { Answer, AnsweredRequest } from './read-answer.ts';
import { describe, recordAnswered } from './record-answer.ts';
import { type LaneFailure, recordFailure } from './record-failure.ts';
import type { RequestGate } from './request-gate.ts';
import type { PartnerConnection, SentRequest } from './send-sets.ts';
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
  /** Whether the partner answers, and takes our word for ours. Asked only where a message may be to blame. */
  ping(): Promise<boolean>;
  /** How far this process's idea of now is ahead of the database's clock, ms: absent but in simulations. */
  clockAheadMs?(): number;
  /** Told of each request, for figures. */
  onRequest?(ref: LaneRef, request: SentRequest): void;
  /** Told that a request found nobody after so many failures in a row, and that the lane waits. */
  onAway?(ref: LaneRef, attempts: number): void;
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
  const claimed = await claimLane(database, ref, owner, parts.clockAheadMs?.());
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
    let { health } = claimed;
    let edition = editionOf(claimed.partnerEdition);
    let size = Math.min(FIRST_BATCH_SETS, setsMax);
    while (leased) {
      using _place = await parts.gate.enter(ref.lane);
      if (parts.stop.aborted) return { ended: 'stopped' };
      // A partner that is older than any message: it is asked for its edition until it announces a newer one.
      if (edition < 1) return { ended: 'empty' };
      const batch = await takeBatch(database, ref, {
        setsMax: Math.min(size, health.batchLimit ?? size),
        bytesMax: parts.link.batchBytesMax,
        edition,
        aheadMs: parts.clockAheadMs?.(),
      });
      if (batch.length === 0) return { ended: 'empty' };
      const started = performance.now();
      const sent = await sendBatch(parts, ref, batch, health);
      if (sent.ended) return sent.ended;
      health = sent.health;
      edition = editionOf(sent.partnerEdition, edition);
      const worked = performance.now() - started - (parts.connection.roundTripMs?.() ?? 0);
      size = nextBatchSize(size, worked, setsMax);
    }
    return { ended: 'owned' };
  } finally {
    clearInterval(heartbeat);
    if (leased) await releaseLane(database, ref, owner).catch(() => undefined);
  }
}

/** Until the partner has said what it understands, nothing is held for it. */
export function editionOf(announced: string | null | undefined, before = Number.MAX_SAFE_INTEGER): number {
  const edition = announced ? Number(announced) : Number.NaN;
  return Number.isSafeInteger(edition) ? Math.min(edition, 2 ** 31 - 1) : Math.min(before, 2 ** 31 - 1);
}

/** How one request went: how the drain ends, or how the lane fares where it goes on. */
type SentBatch =
  | { ended: Drained }
  | { ended?: undefined; health: LaneHealth; partnerEdition: string | undefined };

async function sendBatch(
  parts: DrainParts,
  ref: LaneRef,
  taken: readonly PendingMessage[],
  health: LaneHealth,
): Promise<SentBatch> {
  const { request, tried: batch } = await sendPending(parts.link, parts.connection, taken, new Date());
  parts.onRequest?.(ref, request);
  // A crash here leaves the outbox as it was; the partner may hold the messages and answers the repeat.
  const { answer } = request;
  const answersSome = answer.kind === 'answered' && (answer.halt || answer.faulty.length < batch.length);
  const settled = answersSome
    ? await settleAnswer(parts, ref, batch, { request, answer, health })
    : await settleFailure(parts, ref, batch, { request, health });
  return 'ended' in settled ? { ended: settled } : { health: settled, partnerEdition: request.edition };
}

/** Records an answer for at least some of the messages; halts the link where it speaks of two histories. */
async function settleAnswer(
  { database, log, link, owner, clockAheadMs }: DrainParts,
  ref: LaneRef,
  batch: readonly PendingMessage[],
  { request, answer, health }: { request: SentRequest; answer: AnsweredRequest; health: LaneHealth },
): Promise<LaneHealth | Drained> {
  const settling = {
    owner,
    health,
    parkRefused: link.profile === 'rfc8935',
    retryMs: backOffMs(1, link.retry, undefined, Math.random()) + (clockAheadMs?.() ?? 0),
  };
  const settled = await recordAnswered(database, ref, batch, request, answer, settling, new Date());
  for (const id of settled.parked) log.error({ ...ref, message: id }, 'message parked: an operator decides');
  if (answer.halt) {
    const reason = `partner answers ${answer.halt.err} for message ${answer.halt.id}: ${answer.halt.description}`;
    await haltLink(database, link.id, reason);
    log.error({ ...ref, message: answer.halt.id }, `link halted: ${reason}`);
    return { ended: 'halted' };
  }
  const [faulty] = answer.faulty;
  if (faulty)
    log.error({ ...ref, message: faulty.id, code: faulty.err }, `message set aside: ${describe(faulty)}`);
  return settled.health;
}

/** Records a failure and decides what it means: wait, cut the batch, or suspect a message. */
async function settleFailure(
  parts: DrainParts,
  ref: LaneRef,
  batch: readonly PendingMessage[],
  { request, health }: { request: SentRequest; health: LaneHealth },
): Promise<LaneHealth | Drained> {
  const { database, log, link } = parts;
  const failed = await readFailure(parts, request.answer, batch.length, health);
  const [first] = batch;
  const tried = { count: batch.length, failedAlone: first?.failedAlone ?? 0, aside: first?.aside ?? false };
  const verdict = judgeFailure(health, failed.failure, tried);
  const wait = (attempts: number): number =>
    backOffMs(attempts, link.retry, failed.retryAfterMs, Math.random());
  const waitMs = { none: 0, short: wait(1), long: wait(verdict.health.attempts) }[verdict.wait];
  // A message that waits by itself: the link's greatest pause where nothing is held against it.
  const aheadMs = parts.clockAheadMs?.() ?? 0;
  const retryMs = aheadMs + wait(failed.result === 'link-fault' ? LONG_WAIT_ATTEMPTS : tried.failedAlone + 1);
  await recordFailure(
    database,
    ref,
    batch,
    request,
    { result: failed.result, error: failed.error, verdict, waitMs, retryMs },
    { owner: parts.owner, now: new Date(), aheadMs },
  );
  if (failed.foundNobody) parts.onAway?.(ref, verdict.health.attempts);
  const seen = { ...ref, attempts: verdict.health.attempts, waitMs, tried: batch.length, message: first?.id };
  if (verdict.message === 'parked') log.error(seen, `message parked: ${failed.error}`);
  else if (verdict.message === 'aside') log.error(seen, `message set aside: ${failed.error}`);
  else if (failed.result === 'link-fault') log.error(seen, `lane: ${failed.error}`);
  else log.warn(seen, `lane: ${failed.error}`);
  return verdict.wait === 'none' ? verdict.health : { ended: 'backing-off', waitMs };
}

/** Enough doublings to reach any greatest pause. */
const LONG_WAIT_ATTEMPTS = 30;

interface ReadFailure {
  failure: Failure;
  result: LaneFailure['result'];
  error: string;
  retryAfterMs?: number;
  /** Nobody took the request, and nobody said when to come again. */
  foundNobody?: boolean;
}

/** Asks the partner's ping where the answer alone does not say whether it is away or fails at these messages. */
async function readFailure(
  { ping }: DrainParts,
  answer: Answer,
  count: number,
  health: LaneHealth,
): Promise<ReadFailure> {
  if (answer.kind === 'answered') {
    const [faulty] = answer.faulty;
    const error = faulty ? describe(faulty) : 'partner answered for no message';
    return { failure: 'link-fault', result: 'link-fault', error };
  }
  const { kind, error, retryAfterMs } = answer;
  const common = { result: kind, error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (kind !== 'unclear') return { failure: kind, ...common };
  const { cause } = answer;
  if (cause !== 'server-error' && cause !== 'timeout') {
    return { failure: 'away', foundNobody: cause === 'no-answer' && retryAfterMs === undefined, ...common };
  }
  const decides = count === 1 || health.serverFailures + 1 >= FAILURES_BEFORE_SUSPICION;
  if (decides && !(await ping())) return { failure: 'away', foundNobody: true, ...common };
  return { failure: cause, ...common };
}
