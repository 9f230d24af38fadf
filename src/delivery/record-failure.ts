import { plainTextArray } from '../store/array-literal.ts';
import type { Database, Transaction } from '../store/database.ts';
import { answerExcerpt } from './answer-excerpt.ts';
import type { LaneRef } from './claim-lane.ts';
import { isTroubled, type LaneHealth, type Verdict } from './lane-health.ts';
import { parkMessages } from './park-messages.ts';
import type { SentRequest } from './send-sets.ts';
import type { PendingMessage } from './take-batch.ts';

/** A request that was not answered for its messages, and what follows. */
export interface LaneFailure {
  result: 'unclear' | 'link-fault' | 'too-large';
  error: string;
  verdict: Verdict;
  /** 0: the lane goes on at once. */
  waitMs: number;
  /** When a message set aside is tried again at the earliest, ms from now. */
  retryMs: number;
}

/**
 * Records a failed request, when the lane tries again, and what became of a single message, in one transaction. A
 * crash before the commit loses one count of the search, nothing else. An owner that was stopped for longer than its
 * lease and goes on records its request only: the lane is another's.
 */
export async function recordFailure(
  database: Database,
  ref: LaneRef,
  batch: readonly PendingMessage[],
  request: SentRequest,
  failure: LaneFailure,
  { owner, now, aheadMs = 0 }: { owner: string; now: Date; aheadMs?: number | undefined },
): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query(attemptRow(ref, batch, request, failure.result, failure.error));
    const { error, waitMs, verdict } = failure;
    if (!(await keepHealth(tx, ref, owner, verdict.health, { error, waitMs, aheadMs }))) return;
    if (batch.length === 1 || verdict.message === 'later') await judgeMessages(tx, ref, batch, failure, now);
    if (verdict.blamesLink) await forgetFailures(tx, ref);
  });
}

/** One message that was tried alone, or several that the partner takes none of. */
async function judgeMessages(
  tx: Transaction,
  ref: LaneRef,
  tried: readonly PendingMessage[],
  { verdict, error, retryMs, result }: LaneFailure,
  now: Date,
): Promise<void> {
  if (verdict.message === 'stays') return;
  if (verdict.message === 'parked') {
    const parkings = tried.map(({ id }) => ({ id, reason: error }));
    return parkMessages(tx, ref.link, parkings, now);
  }
  await tx.query({
    name: 'delivery-judge-messages',
    text: `update outbox set
             failed_alone = failed_alone + case when $4 = 'unclear' then 1 else 0 end,
             aside_at = case when $5 = 'counted' then aside_at else clock_timestamp() end,
             retry_at = case when $5 = 'later' then clock_timestamp() + $6 * interval '1 ms' end
           where link = $1 and lane = $2 and position = any ($3::bigint[])`,
    values: [ref.link, ref.lane, tried.map(({ position }) => position), result, verdict.message, retryMs],
  });
}

/** It is the link: what single messages failed at is not held against them. */
async function forgetFailures(tx: Transaction, { link, lane }: LaneRef): Promise<void> {
  await tx.query({
    name: 'delivery-forget-failures',
    text: 'update outbox set failed_alone = 0 where link = $1 and lane = $2 and failed_alone > 0',
    values: [link, lane],
  });
}

/**
 * Keeps how a lane fares. Without an error of its own the last one stands as long as the lane is in trouble.
 *
 * @param owner who may say so; null where nobody sends, because the partner polls
 * @returns false where the lane is another's by now
 */
export async function keepHealth(
  tx: Transaction,
  { link, lane }: LaneRef,
  owner: string | null,
  health: LaneHealth,
  after: { error?: string; waitMs?: number; aheadMs?: number } = {},
): Promise<boolean> {
  const kept = await tx.query({
    name: 'delivery-keep-health',
    text: `update lane set attempts = $3, batch_limit = $4, suspects = $5, server_failures = $6, singles_failed = $7,
             last_error = case when $8::text is not null then $8 when $10 then last_error end,
             last_error_at = case when $8::text is not null then clock_timestamp() when $10 then last_error_at end,
             next_attempt_at = case when $9::float8 > 0 then clock_timestamp() + $9 * interval '1 ms' end
           where link = $1 and lane = $2 and owner is not distinct from $11
           returning 1`,
    values: [
      link,
      lane,
      health.attempts,
      health.batchLimit,
      health.suspects,
      health.serverFailures,
      health.singlesFailed,
      after.error ?? null,
      after.waitMs ? after.waitMs + (after.aheadMs ?? 0) : 0,
      isTroubled(health),
      owner,
    ],
  });
  return kept.length > 0;
}

/** One request of a lane, kept for as long as operators look back. */
export function attemptRow(
  ref: LaneRef,
  batch: readonly PendingMessage[],
  request: SentRequest,
  result: 'answered' | LaneFailure['result'],
  error: string | null,
) {
  return {
    name: 'delivery-attempt',
    text: `insert into attempt (link, lane, started_at, ms, status, result, error, ids, answer)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      ref.link,
      ref.lane,
      request.startedAt,
      request.ms,
      request.status ?? null,
      result,
      error,
      plainTextArray(batch.map((m) => m.id)),
      request.said === undefined ? null : answerExcerpt(request.said),
    ],
  };
}

/** A partner answers for what it got in the poll before, or a few before that. */
const LOOKED_BACK = 50;

/**
 * What became of requests that are on record already: those that last carried these messages, of the lane's latest.
 * Their time is then from the giving to the answer.
 */
export function attemptAnswered(
  ref: LaneRef,
  batch: readonly Pick<PendingMessage, 'id'>[],
  { result, error, now }: { result: 'answered' | 'link-fault'; error: string | null; now: Date },
) {
  return {
    name: 'delivery-attempt-answered',
    text: `update attempt set result = $4, error = $5,
             ms = greatest(0, extract(epoch from $6::timestamptz - started_at) * 1000)::integer
           where link = $1 and lane = $2 and result = 'unclear' and number in (
             select max(a.number)
             from (select number, ids from attempt where link = $1 and lane = $2 order by started_at desc limit $7) a
             cross join lateral unnest(a.ids) as carried(id)
             where a.ids && $3::uuid[] and carried.id = any ($3::uuid[])
             group by carried.id)`,
    values: [ref.link, ref.lane, plainTextArray(batch.map((m) => m.id)), result, error, now, LOOKED_BACK],
  };
}
