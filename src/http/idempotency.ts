import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Transaction } from '../store/database.ts';
import { principalOf } from './authenticate.ts';
import { Problem } from './problem.ts';

/** One request that its caller may repeat: the same key and the same request get the same answer. */
export interface IdempotentRequest {
  /** The token's id: keys of different callers are different keys. */
  caller: string;
  key: string;
  /** SHA-256 of method, path, query and body. */
  requestHash: Buffer;
}

/** An answer as it is sent, so that a repeat gets the same bytes. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export const KEPT_HOURS = 72;

/** As long as anybody's UUID or hash, and short enough for an index. */
const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;

/**
 * @returns undefined when the request has no `Idempotency-Key`
 * @throws Problem `idempotency-key-malformed`
 */
export function idempotencyOf(request: FastifyRequest): IdempotentRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY_SHAPE.test(key)) {
    throw new Problem('idempotency-key-malformed', {
      detail: 'An Idempotency-Key is 1 to 255 visible ASCII characters.',
    });
  }
  return { caller: principalOf(request).id, key, requestHash: hashRequest(request) };
}

function hashRequest(request: FastifyRequest): Buffer {
  // No line of HTTP holds a newline: the parts cannot run into one another.
  return createHash('sha256')
    .update(`${request.method}\n${request.url}\n`)
    .update(request.bodyBytes)
    .digest();
}

/**
 * Does the work once per key, in the caller's transaction: inserting the row is its first statement, the answer
 * is written as its last. A second request with the key waits on the first one's row and reads its answer.
 *
 * Crash before the commit: neither the row nor the work is there, the repeat does it. Crash after it, before the
 * answer arrived: the repeat reads the answer. The work throws or answers other than 2xx: nothing is kept.
 *
 * @param request undefined: the work is simply done
 * @throws Problem `idempotency-key-reused` when the key was used for another request
 */
export async function withIdempotency(
  tx: Transaction,
  request: IdempotentRequest | undefined,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (!request) return work();
  const known = await claimKey(tx, request);
  if (known) return known;
  const answer = await work();
  await (isSuccess(answer) ? keepAnswer(tx, request, answer) : releaseKey(tx, request));
  return answer;
}

interface KeptRow {
  request: Buffer;
  status: number;
  headers: string;
  answer: string;
}

/** The key may expire between the two statements; then the first finds it free the next time. */
const CLAIMS_MAX = 3;

/** @returns the kept answer, or undefined when the key is ours now */
async function claimKey(
  tx: Transaction,
  { caller, key, requestHash }: IdempotentRequest,
): Promise<Answer | undefined> {
  for (let claim = 0; claim < CLAIMS_MAX; claim++) {
    const claimed = await tx.query({
      name: 'idempotency-claim',
      text: `insert into idempotency (caller, key, request) values ($1, $2, $3)
             on conflict (caller, key) do update set request = excluded.request, status = null, headers = null,
               answer = null, at = now()
               where idempotency.at < now() - make_interval(hours => $4)
             returning 1`,
      values: [caller, key, requestHash, KEPT_HOURS],
    });
    if (claimed.length > 0) return undefined;
    const [kept] = await tx.query<KeptRow>({
      name: 'idempotency-read',
      text: 'select request, status, headers, answer from idempotency where caller = $1 and key = $2',
      values: [caller, key],
    });
    if (kept) return keptAnswer(kept, requestHash);
  }
  throw new Problem('unavailable', { detail: 'The Idempotency-Key is just expiring. Try again.' });
}

function keptAnswer(kept: KeptRow, requestHash: Buffer): Answer {
  if (!kept.request.equals(requestHash)) {
    throw new Problem('idempotency-key-reused', {
      detail:
        'This Idempotency-Key was used for a request with another path or body. Use a new key for a new request.',
    });
  }
  return {
    status: kept.status,
    headers: { ...(JSON.parse(kept.headers) as Record<string, string>), 'idempotency-replayed': 'true' },
    body: kept.answer,
  };
}

async function keepAnswer(
  tx: Transaction,
  { caller, key }: IdempotentRequest,
  answer: Answer,
): Promise<void> {
  await tx.query({
    name: 'idempotency-keep',
    text: 'update idempotency set status = $3, headers = $4, answer = $5 where caller = $1 and key = $2',
    values: [caller, key, answer.status, JSON.stringify(answer.headers), answer.body],
  });
}

async function releaseKey(tx: Transaction, { caller, key }: IdempotentRequest): Promise<void> {
  await tx.query({
    name: 'idempotency-release',
    text: 'delete from idempotency where caller = $1 and key = $2',
    values: [caller, key],
  });
}

function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** An answer of a JSON route. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.code(answer.status).headers(answer.headers).serializer(String).send(answer.body);
}
