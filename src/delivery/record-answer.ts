import { type AuditContent, appendEntries } from '../audit/append-entries.ts';
import { columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Database } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';
import type { AnsweredRequest } from './read-answer.ts';
import type { SentRequest } from './send-sets.ts';
import type { PendingMessage } from './take-batch.ts';

/**
 * Records what the partner answered, in one transaction: the deliveries and refusals leave the outbox, the
 * request is kept, the lane's failures are forgotten, the audit log says so.
 *
 * A crash before the commit leaves the outbox as it was: the next owner sends again and is answered as the
 * first time.
 */
export async function recordAnswered(
  database: Database,
  ref: LaneRef,
  batch: readonly PendingMessage[],
  request: SentRequest,
  answer: AnsweredRequest,
  now: Date,
): Promise<void> {
  const positions = new Map(batch.map((m) => [m.id, m.position]));
  const answered = [
    ...answer.delivered.map((id) => ({ id, outcome: 'delivered', err: null, description: null })),
    ...answer.refused.map((e) => ({ id: e.id, outcome: 'refused', err: e.err, description: e.description })),
  ];
  await database.transaction(async (tx) => {
    await tx.query({
      name: 'delivery-record-answers',
      text: `with answered as (
               select * from unnest($3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[])
                 as u(position, id, outcome, err, description)
             ), done as (
               delete from outbox o using answered a
               where o.link = $1 and o.lane = $2 and o.position = a.position
             )
             insert into delivery (id, link, outcome, err, description, at)
             select id, $1, outcome, err, description, $8 from answered
             on conflict (id, link) do nothing`,
      values: [
        ref.link,
        ref.lane,
        columnArray(answered.map((a) => positions.get(a.id) ?? null)),
        plainTextArray(answered.map((a) => a.id)),
        columnArray(answered.map((a) => a.outcome)),
        columnArray(answered.map((a) => a.err)),
        columnArray(answered.map((a) => a.description)),
        now,
      ],
    });
    const [faulty] = answer.faulty;
    await tx.query(
      attemptRow(ref, batch, request, faulty ? 'link-fault' : 'answered', faulty ? describe(faulty) : null),
    );
    if (!faulty) {
      await tx.query({
        name: 'delivery-lane-answered',
        text: `update lane set attempts = 0, next_attempt_at = null, last_error = null, last_error_at = null
               where link = $1 and lane = $2 and attempts > 0`,
        values: [ref.link, ref.lane],
      });
    }
    await appendEntries(tx, [answeredEntry(ref, answer)], now);
  });
}

/** A failure of a whole request, or of the link: nothing leaves the outbox, the lane waits. */
export interface LaneFailure {
  result: 'unclear' | 'link-fault';
  error: string;
  waitMs: number;
}

/** Records a failed request and when the lane tries again. */
export async function recordFailure(
  database: Database,
  ref: LaneRef,
  batch: readonly PendingMessage[],
  request: SentRequest,
  failure: LaneFailure,
): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query(attemptRow(ref, batch, request, failure.result, failure.error));
    await backOffLane(tx, ref, failure);
  });
}

/** Counts a failure of the lane and sets when it tries again. */
export async function backOffLane(
  tx: Pick<Database, 'query'>,
  ref: LaneRef,
  failure: Pick<LaneFailure, 'error' | 'waitMs'>,
): Promise<void> {
  await tx.query({
    name: 'delivery-lane-failed',
    text: `update lane set attempts = attempts + 1, last_error = $3, last_error_at = clock_timestamp(),
             next_attempt_at = clock_timestamp() + $4 * interval '1 ms'
           where link = $1 and lane = $2`,
    values: [ref.link, ref.lane, failure.error, failure.waitMs],
  });
}

function attemptRow(
  ref: LaneRef,
  batch: readonly PendingMessage[],
  request: SentRequest,
  result: 'answered' | LaneFailure['result'],
  error: string | null,
) {
  return {
    name: 'delivery-attempt',
    text: `insert into attempt (link, lane, started_at, ms, status, result, error, ids)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      ref.link,
      ref.lane,
      request.startedAt,
      request.ms,
      request.status ?? null,
      result,
      error,
      plainTextArray(batch.map((m) => m.id)),
    ],
  };
}

function describe(error: { err: string; description: string }): string {
  return `partner refuses the link: ${error.err}${error.description ? ` (${error.description})` : ''}`;
}

/** One entry for one request: which messages the partner answered, and how. */
function answeredEntry(ref: LaneRef, answer: AnsweredRequest): AuditContent {
  return {
    kind: 'request-answered',
    link: ref.link,
    lane: ref.lane,
    delivered: answer.delivered,
    refused: answer.refused.map(({ id, err }) => ({ message: id, err })),
  };
}
