import type { Link } from '../links/link.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import { PartnerPool } from '../tls/partner-pool.ts';
import { retryAfterMs } from './back-off.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { RoundTrip } from './round-trip.ts';
import type { PendingMessage } from './take-batch.ts';

/** Below the lease of a lane (8 s), so that an owner knows the outcome while it still is the owner. */
export const REQUEST_TIMEOUT_MS = 6_000;

/** An answer names up to 500 messages with an error each; more is not an answer. */
const ANSWER_BYTES_MAX = 1_048_576;

/** A ping, or a few SETs: how long it takes is the way there and back. */
const SMALL_BODY = 8_192;

/** The HTTP side of one link: a few kept connections to the partner's exchange listener. */
export interface PartnerConnection {
  post(path: string, contentType: string, body: string, options?: PostOptions): Promise<PartnerAnswer>;
  /** How long the way to the partner and back takes; 0 while it is not known. */
  roundTripMs?(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Reads what the partner serves; the bytes as they come. */
export interface PartnerReader {
  read(path: string): Promise<{ status: number; contentType: string; body: Buffer }>;
}

export interface PostOptions {
  headers?: Record<string, string>;
  /** 6 s unless told. */
  timeoutMs?: number;
  /** 1 MiB unless told. */
  answerBytesMax?: number;
  /** Ends the request early. */
  stop?: AbortSignal | undefined;
}

export interface PartnerAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** What came over the line, where `body` is another form of it. */
  said?: string;
  /** Milliseconds until the whole answer was read. */
  ms: number;
}

/**
 * @param trust what TLS stands on; absent where the partner is spoken to without TLS
 * @param onAnswer told of each answer that is not 5xx, which a proxy before the partner may give in its place
 */
export function connectPartner(
  link: Link,
  trust: LiveTrust | undefined,
  onAnswer: () => void = () => {},
): PartnerConnection & PartnerReader {
  const base = new URL(link.exchangeUrl);
  const pool = new PartnerPool(base.origin, {
    connections: link.lanes + 2,
    connectTimeoutMs: 3_000,
    answerTimeoutMs: REQUEST_TIMEOUT_MS,
    ...(trust ? { tls: { trust, link: link.id } } : {}),
  });
  const prefix = base.pathname.replace(/\/$/, '');
  const roundTrip = new RoundTrip();
  return {
    async post(path, contentType, body, options = {}) {
      const started = performance.now();
      const { headers, timeoutMs = REQUEST_TIMEOUT_MS, answerBytesMax = ANSWER_BYTES_MAX, stop } = options;
      const timeout = AbortSignal.timeout(timeoutMs);
      const response = await pool.request({
        method: 'POST',
        path: `${prefix}${path}`,
        headers: { ...headers, 'content-type': contentType, accept: 'application/json' },
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: stop ? AbortSignal.any([timeout, stop]) : timeout,
      });
      const text = (await readBytes(response.body, answerBytesMax)).toString('utf8');
      if (response.statusCode < 500) onAnswer();
      const ms = performance.now() - started;
      if (body.length <= SMALL_BODY) roundTrip.note(ms);
      return { status: response.statusCode, headers: response.headers, body: text, ms: Math.round(ms) };
    },
    roundTripMs: () => roundTrip.ms,
    async read(path) {
      const response = await pool.request({
        method: 'GET',
        path: `${prefix}${path}`,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const bytes = await readBytes(response.body);
      if (response.statusCode < 500) onAnswer();
      return {
        status: response.statusCode,
        contentType: single(response.headers['content-type']) ?? '',
        body: bytes,
      };
    },
    async [Symbol.asyncDispose]() {
      await pool.destroy();
    },
  };
}

async function readBytes(body: AsyncIterable<Buffer>, bytesMax = ANSWER_BYTES_MAX): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new Error(`answer is over ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface SentRequest {
  startedAt: Date;
  ms: number;
  /** HTTP status; absent where there was no answer. */
  status?: number;
  answer: Answer;
  /** The body as the partner sent it; absent where there was none. */
  said?: string;
  /** `Mra-Edition` of the answer: the contract edition that the partner understands. */
  edition?: string;
}

/** Sends one multi-SET push and says what is known afterwards. Never throws for what the network does. */
export async function sendSets(
  connection: PartnerConnection,
  batch: readonly PendingMessage[],
  now: Date,
): Promise<SentRequest> {
  const body = `{"sets":{${batch.map((m) => `"${m.id}":"${m.jws}"`).join(',')}}}`;
  const started = performance.now();
  try {
    const {
      status,
      headers,
      body: text,
      said = text,
      ms,
    } = await connection.post('/exchange/sets', 'application/json', body);
    const wait = retryAfterMs(single(headers['retry-after']), new Date());
    const edition = single(headers['mra-edition']);
    return {
      startedAt: now,
      ms,
      status,
      said,
      answer: readAnswer(
        status,
        text,
        batch.map((m) => m.id),
        wait,
      ),
      ...(edition === undefined ? {} : { edition }),
    };
  } catch (error) {
    return {
      startedAt: now,
      ms: Math.round(performance.now() - started),
      answer: {
        kind: 'unclear',
        cause: isTimeout(error) ? 'timeout' : 'no-answer',
        error: `no answer from partner: ${reasonOf(error)}`,
      },
    };
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** The partner had the request and did not answer in time; a connection that did not come about is none of it. */
function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return (
    error.name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT'
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return `${code}${error.message}`.slice(0, 200);
}
