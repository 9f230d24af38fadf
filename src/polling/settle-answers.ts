import type { Logger } from 'pino';
import { backOffMs } from '../delivery/back-off.ts';
import { haltLink } from '../delivery/halt-link.ts';
import type { LaneHealth } from '../delivery/lane-health.ts';
import { type SetError, sortAnswer } from '../delivery/read-answer.ts';
import { describe, recordAnswered } from '../delivery/record-answer.ts';
import type { PendingMessage } from '../delivery/take-batch.ts';
import type { Link } from '../links/link.ts';
import type { PollFigures } from '../operations/figures.ts';
import type { Database } from '../store/database.ts';

type PendingRow = Omit<PendingMessage, 'jws'> & LaneHealth & { lane: string };

/** What the partner answers in a poll for messages that it got in polls before. */
export interface PollAnswers {
  ack: readonly string[];
  setErrs: readonly SetError[];
}

export interface SettlingParts {
  database: Database;
  log: Logger;
  figures?: PollFigures | undefined;
}

/**
 * Records what a polling partner acknowledges and refuses, as the answer to a push is recorded: lane by lane, each in a
 * transaction. What is not pending (any more) is passed over, so that a repeat does nothing. A crash in between leaves
 * lanes unsettled; the partner was not answered and says the same again, or gets the messages again.
 */
export async function settleAnswers(
  { database, log, figures }: SettlingParts,
  link: Link,
  { ack, setErrs }: PollAnswers,
  now: Date,
): Promise<void> {
  const errors = new Map(setErrs.map((error) => [error.id, error]));
  const ids = new Set([...ack, ...errors.keys()]);
  if (ids.size === 0) return;
  const lanes = Map.groupBy(await findPending(database, link.id, [...ids]), (row) => row.lane);
  for (const [lane, rows] of lanes) {
    const [health] = rows;
    if (!health) continue;
    const refused = rows.flatMap(({ id }) => errors.get(id) ?? []);
    const answer = sortAnswer(
      rows.flatMap(({ id }) => (errors.has(id) ? [] : [id])),
      refused,
    );
    const request = { startedAt: now, ms: 0, status: 200, answer };
    const settling = {
      owner: null,
      health: healthOf(health),
      parkRefused: link.profile === 'rfc8935',
      retryMs: backOffMs(1, link.retry, undefined, Math.random()),
      requestKept: true,
    };
    const batch = rows.map((row) => ({ ...row, jws: '' }));
    const ref = { link: link.id, lane };
    const { parked } = await recordAnswered(database, ref, batch, request, answer, settling, now);
    figures?.polled(ref, answer);
    for (const id of parked) log.error({ ...ref, message: id }, 'message parked: an operator decides');
    const [faulty] = answer.faulty;
    if (answer.halt) await halt(database, log, link, answer.halt);
    else if (faulty)
      log.error({ ...ref, message: faulty.id, code: faulty.err }, `message set aside: ${describe(faulty)}`);
  }
}

function findPending(database: Database, link: string, ids: readonly string[]): Promise<PendingRow[]> {
  return database.query<PendingRow>({
    name: 'polling-find-pending',
    text: `select o.lane, o.position, o.id, o.subject, o.failed_alone as "failedAlone",
             o.aside_at is not null as aside,
             l.attempts, l.batch_limit as "batchLimit", l.suspects, l.server_failures as "serverFailures",
             l.singles_failed as "singlesFailed",
             (select count(*) from outbox s where s.link = l.link and s.lane = l.lane and s.aside_at is not null
                and (s.parked_at is not null or s.aside_at is not null or s.edition > 1)) as asides
           from outbox o join lane l on l.link = o.link and l.lane = o.lane
           where o.link = $1 and o.id = any ($2::uuid[])
           order by o.lane, o.position`,
    values: [link, ids],
  });
}

function healthOf({
  attempts,
  batchLimit,
  suspects,
  serverFailures,
  singlesFailed,
  asides,
}: PendingRow): LaneHealth {
  return { attempts, batchLimit, suspects, serverFailures, singlesFailed, asides };
}

/** Two histories on one link: an operator has to look before anything more is given. */
async function halt(database: Database, log: Logger, link: Link, error: SetError): Promise<void> {
  const reason = `partner answers ${error.err} for message ${error.id}: ${error.description}`;
  await haltLink(database, link.id, reason);
  log.error({ link: link.id, message: error.id }, `link halted: ${reason}`);
}
