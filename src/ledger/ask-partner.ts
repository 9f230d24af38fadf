import type { PartnerConnection } from '../delivery/send-sets.ts';
import { isMessageId } from '../envelope/message-id.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { Signer } from '../envelope/sign-set.ts';
import type { Link } from '../links/link.ts';
import { proveCaller } from './caller-proof.ts';
import { LedgerError } from './ledger-error.ts';
import type { StepDigest } from './read-digests.ts';
import { type HeldMessage, LIST_MAX } from './read-lists.ts';
import { floorTo, MINUTE_MS, type Span, STEPS_MAX, type Step } from './spans.ts';

/** The first question asks for nothing and shows whether the partner is there, as soon as a ping would. */
const PRESENCE_TIMEOUT_MS = 6_000;
/** A digest of four million messages takes the partner some seconds; it is nobody's lane that waits. */
const ANSWER_TIMEOUT_MS = 60_000;
/** 500 SETs or 4 MiB, and their member names. */
const ANSWER_BYTES_MAX = 6 * 1024 * 1024;

/** The partner's ledger of our messages, by its three questions (protocol.md 5). */
export interface PartnerLedger {
  /** Resolves where the partner answers at all, with the next minute, in which there is nothing yet. */
  present(): Promise<void>;
  digests(span: Span): Promise<StepDigest[]>;
  /** Everything held of one step. */
  list(start: number, step: Step): Promise<HeldMessage[]>;
  /** SETs of ours, as many as one answer holds; an erased one is null. */
  sets(ids: readonly string[]): Promise<Map<string, string | null>>;
  /** The incarnation of the partner's store, once it has answered. */
  store(): string | undefined;
}

export interface AskingParts {
  link: Link;
  connection: PartnerConnection;
  /** Our own `iss`. */
  issuer: string;
  signer: Signer;
  /** Our store's incarnation: the partner compares as well when it sees a new one. */
  incarnation: string;
  stop?: AbortSignal | undefined;
}

/** Every call throws LedgerError where there is no answer that counts. */
export function partnerLedger(parts: AskingParts): PartnerLedger {
  let store: string | undefined;
  const ask = async (path: string, question: object, timeoutMs = ANSWER_TIMEOUT_MS) => {
    const answer = await askOnce(parts, path, question, timeoutMs);
    if (typeof answer.store === 'string') store = answer.store;
    return answer;
  };
  return {
    store: () => store,
    async present() {
      const since = floorTo(Date.now(), MINUTE_MS) + MINUTE_MS;
      const span = { since: iso(since), until: iso(since + MINUTE_MS), step: MINUTE_MS / 1000 };
      await ask('/exchange/ledger', { ...span, store: parts.incarnation }, PRESENCE_TIMEOUT_MS);
    },
    async digests({ since, until, step }) {
      const question = { since: iso(since), until: iso(until), step: step / 1000 };
      const { hours } = await ask('/exchange/ledger', question);
      return listOf(hours, STEPS_MAX, readDigest);
    },
    async list(start, step) {
      const held: HeldMessage[] = [];
      let after: string | undefined;
      do {
        const question = { hour: iso(start), step: step / 1000, ...(after === undefined ? {} : { after }) };
        const { messages, next } = await ask('/exchange/ledger', question);
        held.push(...listOf(messages, LIST_MAX, readHeld));
        const last = held.at(-1)?.jti;
        // A list that does not go on would be asked for without end.
        if (next !== undefined && next !== null && next !== last) throw malformed();
        after = typeof next === 'string' ? next : undefined;
      } while (after !== undefined);
      return held;
    },
    async sets(ids) {
      const { sets } = await ask('/exchange/ledger/sets', { jtis: ids });
      if (!isJsonObject(sets)) throw malformed();
      return new Map(
        Object.entries(sets).map(([id, jws]) => {
          if (jws !== null && typeof jws !== 'string') throw malformed();
          return [id, jws];
        }),
      );
    },
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

async function askOnce(
  { link, connection, issuer, signer, stop }: AskingParts,
  path: string,
  question: object,
  timeoutMs: number,
): Promise<Record<string, unknown>> {
  const body = JSON.stringify(question);
  const headers = { authorization: await proveCaller(issuer, link.issuer, signer, path, body) };
  const options = { headers, timeoutMs, answerBytesMax: ANSWER_BYTES_MAX, stop };
  const answer = await connection.post(path, 'application/json', body, options).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : 'no answer';
    throw new LedgerError('partner-away', `the partner does not answer: ${reason}`, { cause });
  });
  const { status } = answer;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    throw new LedgerError('partner-away', `the partner answers ${status} when asked for its ledger`);
  }
  if (status !== 200) {
    const said = answer.body.slice(0, 200);
    throw new LedgerError(
      'partner-refuses',
      `the partner answers ${status} when asked for its ledger: ${said}`,
    );
  }
  try {
    const json: unknown = JSON.parse(answer.body);
    if (isJsonObject(json)) return json;
  } catch (cause) {
    throw malformed(cause);
  }
  throw malformed();
}

function malformed(cause?: unknown): LedgerError {
  const message = 'the partner answers with a ledger that is not what the protocol says';
  return new LedgerError('partner-malformed', message, cause === undefined ? {} : { cause });
}

function listOf<T>(value: unknown, max: number, read: (item: Record<string, unknown>) => T | undefined): T[] {
  if (!Array.isArray(value) || value.length > max) throw malformed();
  return value.map((item: unknown) => {
    const read_ = isJsonObject(item) ? read(item) : undefined;
    if (read_ === undefined) throw malformed();
    return read_;
  });
}

function readDigest({ hour, count, hash }: Record<string, unknown>): StepDigest | undefined {
  const start = typeof hour === 'string' ? Date.parse(hour) : Number.NaN;
  const bytes = readHash(hash);
  if (Number.isNaN(start) || !Number.isSafeInteger(count) || !bytes) return undefined;
  return { start, count: Number(count), hash: bytes };
}

function readHeld({ jti, sha256, outcome, err }: Record<string, unknown>): HeldMessage | undefined {
  const bytes = readHash(sha256);
  if (!isMessageId(jti) || !bytes || (outcome !== 'accepted' && outcome !== 'refused')) return undefined;
  return { jti, sha256: bytes, outcome, err: typeof err === 'string' ? err.slice(0, 64) : null };
}

const HASH = /^[\w-]{43}$/;

function readHash(value: unknown): Buffer | undefined {
  return typeof value === 'string' && HASH.test(value) ? Buffer.from(value, 'base64url') : undefined;
}
