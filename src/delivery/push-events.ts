import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { Link } from '../links/link.ts';
import type { AnsweredRequest } from './read-answer.ts';
import { sealBatch } from './seal-batch.ts';
import { type PartnerConnection, type SentRequest, sendSets } from './send-sets.ts';
import type { PendingMessage } from './take-batch.ts';

/** What was sent of a batch, and what is known afterwards. */
export interface SentBatch {
  request: SentRequest;
  /** The messages that went out: the beginning of the batch. */
  tried: readonly PendingMessage[];
}

/** Sends a batch as the link has it: all in one request, or one after another. */
export async function sendPending(
  link: Link,
  connection: PartnerConnection,
  batch: readonly PendingMessage[],
  now: Date,
): Promise<SentBatch> {
  const sealed = await sealBatch(link, batch, now);
  if ('fault' in sealed) {
    return {
      request: { startedAt: now, ms: 0, answer: { kind: 'link-fault', error: sealed.fault } },
      tried: batch,
    };
  }
  if (link.delivery === 'multi-push')
    return { request: await sendSets(connection, sealed, now), tried: batch };
  return pushEvents(connection, sealed, now);
}

/** After so long the answers so far are put on record, and an urgent message has its turn. */
const PUSH_ROUND_MS = 400;

/**
 * Pushes SETs one by one (RFC 8935), each answered before the next, so that a subject's versions arrive in order. It
 * stops at the first that is neither taken nor refused for good: what is behind it in the lane waits with it.
 */
async function pushEvents(
  connection: PartnerConnection,
  batch: readonly PendingMessage[],
  now: Date,
): Promise<SentBatch> {
  const started = performance.now();
  const tried: PendingMessage[] = [];
  const sum: AnsweredRequest = { kind: 'answered', delivered: [], refused: [], faulty: [] };
  let last: SentRequest | undefined;
  for (const message of batch) {
    if (tried.length > 0 && performance.now() - started > PUSH_ROUND_MS) break;
    const pushed = await pushEvent(connection, message, now);
    const { answer } = pushed;
    // What is known of those before goes on record first; this one leads the next round.
    if (answer.kind !== 'answered' && tried.length > 0) break;
    last = pushed;
    tried.push(message);
    if (answer.kind !== 'answered') return { request: pushed, tried };
    sum.delivered.push(...answer.delivered);
    sum.refused.push(...answer.refused);
    sum.faulty.push(...answer.faulty);
    if (answer.halt) sum.halt = answer.halt;
    if (answer.faulty.length > 0) break;
  }
  if (!last) throw new Error('there was nothing to push');
  return { request: { ...last, ms: Math.round(performance.now() - started), answer: sum }, tried };
}

async function pushEvent(
  connection: PartnerConnection,
  message: PendingMessage,
  now: Date,
): Promise<SentRequest> {
  const { id, jws } = message;
  return sendSets(
    {
      ...connection,
      async post() {
        const answered = await connection.post('/exchange/events', 'application/secevent+jwt', jws);
        return { ...answered, ...asMultiAnswer(id, answered.status, answered.body), said: answered.body };
      },
    },
    [message],
    now,
  );
}

/** RFC 8935's answer for one SET as that of a multi-SET push with one; what it does not speak of stays as it is. */
function asMultiAnswer(id: string, status: number, body: string): { status: number; body: string } {
  if (status === 202) return { status, body: JSON.stringify({ ack: [id] }) };
  const error = status === 400 ? errorOf(body) : undefined;
  return error ? { status: 202, body: JSON.stringify({ setErrs: { [id]: error } }) } : { status, body };
}

function errorOf(body: string): object | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return isJsonObject(json) && typeof json.err === 'string' ? json : undefined;
  } catch {
    return undefined;
  }
}
