import type { Logger } from 'pino';
import { backOffMs } from '../delivery/back-off.ts';
import type { PartnerConnection } from '../delivery/send-sets.ts';
import { readActiveSigner } from '../keys/active-signer.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import type { PushAnswer } from '../reception/incoming.ts';
import { type ReceptionParts, receiveSets } from '../reception/receive-sets.ts';
import type { Database } from '../store/database.ts';
import { pause, runLeased } from '../turns/run-leased.ts';
import { pollPartner } from './poll-partner.ts';

export interface PollingParts {
  database: Database;
  log: Logger;
  issuer: string;
  keyRing: KeyRing;
  links: ReadonlyMap<string, Link>;
  connections: ReadonlyMap<string, Pick<PartnerConnection, 'post'>>;
  reception: ReceptionParts;
  /** Of this process. */
  owner: string;
  /** The gateway stops: polls end at once. */
  stop: AbortSignal;
  /** The partner answered, and the contract edition that it announced, if any. */
  onAnswer(link: string, edition: string | undefined): void;
}

/** Polls every partner whose link says so, in one process of the side at a time. */
export function runPolling(parts: PollingParts): AsyncDisposable {
  const stack = new AsyncDisposableStack();
  const { database, log, owner } = parts;
  for (const link of parts.links.values()) {
    const connection = parts.connections.get(link.id);
    if (link.reception !== 'poll' || !connection) continue;
    const work = (over: AbortSignal): Promise<void> =>
      pollLink(parts, link, connection, AbortSignal.any([over, parts.stop]));
    stack.use(runLeased({ database, log, owner, name: `poll.${link.id}`, work }));
  }
  return stack;
}

/**
 * Polls one partner after the other answer: what came is stored as what is pushed is, and the next poll says what became
 * of it. A crash between the two leaves it stored and not acknowledged; the partner gives it again, and it is known.
 */
export async function pollLink(
  parts: PollingParts,
  link: Link,
  connection: Pick<PartnerConnection, 'post'>,
  over: AbortSignal,
): Promise<void> {
  const { database, log, issuer, keyRing } = parts;
  let answers: PushAnswer = { ack: [], setErrs: {} };
  let attempts = 0;
  while (!over.aborted) {
    const signer = await database.transaction((tx) => readActiveSigner(tx, keyRing));
    const polled = await pollPartner({ link, connection, issuer, signer, stop: over }, answers);
    if (over.aborted) return;
    if ('error' in polled) {
      attempts++;
      await keepFailure(database, link.id, attempts, polled.error);
      const waitMs = backOffMs(attempts, link.retry, polled.retryAfterMs, Math.random());
      log.warn({ link: link.id, attempts, waitMs }, polled.error);
      await pause(waitMs, over);
      continue;
    }
    parts.onAnswer(link.id, polled.edition);
    if (attempts > 0 || polled.sets.size > 0) await keepSuccess(database, link.id);
    attempts = 0;
    answers =
      polled.sets.size > 0 ? await receiveSets(parts.reception, link, polled.sets) : { ack: [], setErrs: {} };
  }
}

async function keepFailure(database: Database, link: string, attempts: number, error: string): Promise<void> {
  await database.query({
    name: 'polling-failed',
    text: `insert into partner_poll (link, attempts, failing_since, last_error) values ($1, $2, clock_timestamp(), $3)
           on conflict (link) do update set attempts = excluded.attempts, last_error = excluded.last_error,
             failing_since = coalesce(partner_poll.failing_since, excluded.failing_since)`,
    values: [link, attempts, error],
  });
}

async function keepSuccess(database: Database, link: string): Promise<void> {
  await database.query({
    name: 'polling-answered',
    text: `insert into partner_poll (link, polled_at) values ($1, clock_timestamp())
           on conflict (link) do update set attempts = 0, failing_since = null, last_error = null,
             polled_at = excluded.polled_at`,
    values: [link],
  });
}
