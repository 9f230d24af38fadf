import type { Logger } from 'pino';
import type { Config } from '../../../config/config.ts';
import type { Database } from '../../../store/database.ts';
import { runSoon } from '../../../turns/run-soon.ts';
import { noticeHeaders } from './sign-notice.ts';

export type Webhook = NonNullable<Config['notifications']['webhook']>;

interface DeliveringParts {
  database: Database;
  log: Pick<Logger, 'warn' | 'error'>;
  webhook: Webhook;
}

const LOOK_MS = 2_000;
const TIMEOUT_MS = 10_000;
/** Waits before the attempts after the first; from then on the last one, for a day. */
const WAITS_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000];
const KEPT_MS = 86_400_000;
/** Taken in one look, so that a stop waits for one request at most. */
const AT_ONCE = 20;

/** Tells the webhook what is due until disposed; any number of processes share the work. */
export function deliverNotices(parts: DeliveringParts): AsyncDisposable {
  const stop = new AbortController();
  const running = runSoon({
    async work() {
      await giveUpOld(parts, new Date());
      for (let n = 0; n < AT_ONCE && !stop.signal.aborted; n++) {
        if (!(await deliverNext(parts, stop.signal))) return;
      }
    },
    soonMs: LOOK_MS,
    idleMs: LOOK_MS,
    onError: (error) => parts.log.warn({ err: error }, 'notices: not delivered, next try in a moment'),
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running[Symbol.asyncDispose]();
    },
  };
}

interface Notice {
  id: string;
  body: string;
  attempts: number;
}

/**
 * Takes one notice that is due, by putting its next attempt off, and sends it. A crash before the answer is recorded
 * sends it again then, under the same id.
 *
 * @returns whether there was one
 */
export async function deliverNext(
  { database, log, webhook }: DeliveringParts,
  stop?: AbortSignal,
): Promise<boolean> {
  const [notice] = await database.query<Notice>({
    name: 'notices-take',
    text: `update alert_notice set attempts = attempts + 1,
             due_at = now() + ($1::integer[])[least(attempts + 1, cardinality($1::integer[]))] * interval '1 ms'
           where id = (select id from alert_notice where due_at <= now() order by due_at, id limit 1 for update skip locked)
           returning id, body, attempts`,
    values: [WAITS_MS],
  });
  if (!notice) return false;
  const fault = await post(webhook, notice, stop);
  if (fault === undefined) {
    await database.query({
      name: 'notices-done',
      text: 'delete from alert_notice where id = $1',
      values: [notice.id],
    });
    return true;
  }
  log.warn(
    { notice: notice.id, attempts: notice.attempts, reason: fault },
    'notices: the webhook did not take one',
  );
  await database.query({
    name: 'notices-failed',
    text: 'update alert_notice set error = $2 where id = $1',
    values: [notice.id, fault],
  });
  return true;
}

/** @returns why it was not taken */
async function post(
  { url, secret }: Webhook,
  { id, body }: Notice,
  stop?: AbortSignal,
): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...noticeHeaders(id, body, secret.reveal(), new Date()),
      },
      body,
      // The address is the operators' own; where it sends on to is not.
      redirect: 'error',
      signal: stop ? AbortSignal.any([timeout, stop]) : timeout,
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `answered ${answer.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    return (cause ?? (error instanceof Error ? error.message : String(error))).slice(0, 200);
  }
}

async function giveUpOld({ database, log }: DeliveringParts, now: Date): Promise<void> {
  const gone = await database.query<{ id: string; error: string | null }>({
    name: 'notices-give-up',
    text: 'delete from alert_notice where created_at < $1 returning id, error',
    values: [new Date(now.getTime() - KEPT_MS)],
  });
  for (const { id, error } of gone) log.error({ notice: id, reason: error }, 'notices: given up after a day');
}
