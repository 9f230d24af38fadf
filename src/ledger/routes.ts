import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isMessageId } from '../envelope/message-id.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { ExchangeError } from '../http/exchange-errors.ts';
import type { Link } from '../links/link.ts';
import { callerLink } from '../reception/caller-link.ts';
import { verificationPolicy } from '../reception/verification-policy.ts';
import type { Database } from '../store/database.ts';
import { checkCaller, claimedProof } from './caller-proof.ts';
import { notePartnerStore } from './partner-store.ts';
import { idsOfStep, readHeldDigests } from './read-digests.ts';
import { LIST_MAX, listHeld, readHeldSets } from './read-lists.ts';
import { floorTo, HOUR_MS, MINUTE_MS, type Span, STEPS_MAX, type Step, stepsOf } from './spans.ts';

export interface LedgerRouteParts {
  database: Database;
  /** Our own `iss`: what the caller's proof must name as `aud`. */
  issuer: string;
  links: ReadonlyMap<string, Link>;
  /** Our store's incarnation: the partner compares anew when it sees another one. */
  incarnation: string;
}

/** SETs in one answer, whichever comes first. */
export const SETS_MAX = 500;
const SETS_BYTES_MAX = 4 * 1024 * 1024;
/** 500 ids are 20 kB. */
const BODY_BYTES_MAX = 65_536;

/** What we hold of the partner's messages, told to the partner (protocol.md 5). */
export function addLedgerRoutes(app: FastifyInstance, parts: LedgerRouteParts): void {
  const { database, incarnation } = parts;

  app.post('/exchange/ledger', { bodyLimit: BODY_BYTES_MAX }, async (request) => {
    const link = await callerOf(request, '/exchange/ledger', parts);
    const question = readQuestion(request.body);
    if ('hour' in question) {
      const { hour, step, after } = question;
      const [first, below] = idsOfStep(hour, step);
      // The id asked after was told before; the next one is greater.
      const rows = await listHeld(database, link.id, after ?? first, below);
      const fresh = after === undefined ? rows : rows.filter((row) => row.jti !== after);
      const page = fresh.slice(0, LIST_MAX);
      const next = fresh.length > page.length ? page.at(-1)?.jti : undefined;
      return {
        messages: page.map(({ jti, sha256, outcome, err }) => ({
          jti,
          sha256: sha256.toString('base64url'),
          outcome,
          ...(err === null ? {} : { err }),
        })),
        ...(next === undefined ? {} : { next }),
        store: incarnation,
      };
    }
    if (question.store !== undefined) await notePartnerStore(database, link.id, question.store);
    const digests = await readHeldDigests(database, link.id, question.span);
    return {
      hours: digests.map(({ start, count, hash }) => ({
        hour: new Date(start).toISOString(),
        count,
        hash: hash.toString('base64url'),
      })),
      store: incarnation,
    };
  });

  app.post('/exchange/ledger/sets', { bodyLimit: BODY_BYTES_MAX }, async (request) => {
    const link = await callerOf(request, '/exchange/ledger/sets', parts);
    const held = await readHeldSets(database, link.id, readIds(request.body));
    let bytes = 0;
    const fits = held.filter(({ jws }, index) => {
      bytes += jws?.length ?? 0;
      return index === 0 || bytes <= SETS_BYTES_MAX;
    });
    return { sets: Object.fromEntries(fits.map(({ jti, jws }) => [jti, jws])) };
  });
}

/** @throws {SetError} where the request is not the partner's word */
async function callerOf(request: FastifyRequest, path: string, parts: LedgerRouteParts): Promise<Link> {
  const proof = claimedProof(request.headers.authorization);
  const link = callerLink(request, parts.links, proof);
  await checkCaller(proof, verificationPolicy(link, parts.issuer, new Date()), path, request.bodyBytes);
  return link;
}

type Question = { hour: number; step: Step; after?: string } | { span: Span; store?: string };

function readQuestion(body: unknown): Question {
  if (!isJsonObject(body)) throw malformed('the body must be {since, until} or {hour}');
  const step = readStep(body.step);
  if (body.hour !== undefined) {
    const { after } = body;
    if (after !== undefined && !isMessageId(after)) throw malformed('after must be a message id');
    return { hour: readInstant('hour', body.hour, step), step, ...(after === undefined ? {} : { after }) };
  }
  const since = readInstant('since', body.since, step);
  const span = { since, until: readInstant('until', body.until, step), step };
  if (span.until <= since || stepsOf(span).length > STEPS_MAX) {
    throw malformed(`until must come after since, by at most ${STEPS_MAX} steps`);
  }
  return { span, ...(isUuid(body.store) ? { store: body.store } : {}) };
}

function readStep(value: unknown): Step {
  if (value === undefined || value === HOUR_MS / 1000) return HOUR_MS;
  if (value === MINUTE_MS / 1000) return MINUTE_MS;
  throw malformed('step must be 3600 or 60 seconds');
}

function readInstant(name: string, value: unknown, step: Step): number {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms) || ms < 0 || floorTo(ms, step) !== ms) {
    throw malformed(
      `${name} must be an instant at the beginning of a step, such as 2026-11-23T08:00:00.000Z`,
    );
  }
  return ms;
}

function readIds(body: unknown): string[] {
  const ids = isJsonObject(body) ? body.jtis : undefined;
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > SETS_MAX || !ids.every(isMessageId)) {
    throw malformed(`jtis must be a list of 1 to ${SETS_MAX} message ids`);
  }
  return ids;
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

function malformed(description: string): ExchangeError {
  return new ExchangeError(400, 'invalid_request', description);
}
