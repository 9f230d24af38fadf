import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { SetError } from '../envelope/set-error.ts';
import type { FeedSignal } from '../feed/await-change.ts';
import { ExchangeError } from '../http/exchange-errors.ts';
import { checkCaller, claimedProof } from '../ledger/caller-proof.ts';
import type { Link } from '../links/link.ts';
import type { PollFigures } from '../operations/figures.ts';
import { callerLink } from '../reception/caller-link.ts';
import { verificationPolicy } from '../reception/verification-policy.ts';
import type { Database } from '../store/database.ts';
import { readPoll } from '../streams/read-request.ts';
import { WAIT_MS_MAX } from '../streams/stream.ts';
import { findWaiting, type GivenSets, giveSets } from './give-sets.ts';
import { settleAnswers } from './settle-answers.ts';

export interface PollRouteParts {
  database: Database;
  log: Logger;
  /** Our own `iss`. */
  issuer: string;
  links: ReadonlyMap<string, Link>;
  /** Raised when something is there for a partner that polls. */
  polls: FeedSignal;
  /** The partner was heard, and the contract edition that it announced, if any. */
  onPoll(link: string, edition: string | undefined): void;
  figures?: PollFigures;
}

export const POLL_PATH = '/exchange/poll';

/** `POST /exchange/poll` (RFC 8936): messages for a partner whose link says `poll`. */
export function addPollRoute(app: FastifyInstance, parts: PollRouteParts): void {
  const { database, log, figures } = parts;
  app.post(POLL_PATH, async (request, reply) => {
    const link = await callerOf(request, reply, parts);
    if (link.delivery !== 'poll') {
      throw new ExchangeError(
        403,
        'access_denied',
        'this gateway pushes to you; there is nothing here to poll for',
      );
    }
    const { wait, setsMax, ack, setErrs } = readPoll(request.body);
    const edition = request.headers['mra-edition'];
    parts.onPoll(link.id, typeof edition === 'string' ? edition : undefined);
    await settleAnswers({ database, log, figures }, link, { ack, setErrs }, new Date());
    if (setsMax === 0) return { sets: {}, moreAvailable: (await findWaiting(database, link.id)).length > 0 };
    const bounded = Math.min(setsMax, link.batchSetsMax);
    const { sets, moreAvailable } = await giveUntil(parts, link, bounded, wait, reply);
    return { sets: Object.fromEntries(sets.map(({ id, jws }) => [id, jws])), moreAvailable };
  });
}

/**
 * Who polls: by TLS the partner of the certificate. Without TLS the request must bear its word, as one for the ledger.
 *
 * @throws {ExchangeError} 401 with a challenge
 */
async function callerOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { links, issuer }: PollRouteParts,
): Promise<Link> {
  if (request.partnerLink !== null) return callerLink(request, links);
  try {
    const proof = claimedProof(request.headers.authorization);
    if (proof === undefined) throw new SetError('authentication_failed', 'Authorization must say who polls');
    const link = callerLink(request, links, proof);
    await checkCaller(proof, verificationPolicy(link, issuer, new Date()), POLL_PATH, request.bodyBytes);
    return link;
  } catch (error) {
    if (!(error instanceof SetError) && !(error instanceof ExchangeError)) throw error;
    reply.header('www-authenticate', 'Bearer realm="mra"');
    throw new ExchangeError(401, 'authentication_failed', error.description);
  }
}

/** Long poll: looks at once, then whenever something waits, until there is a SET, time is up, or one of us goes away. */
async function giveUntil(
  { database, polls, figures }: PollRouteParts,
  link: Link,
  setsMax: number,
  wait: boolean,
  reply: FastifyReply,
): Promise<GivenSets> {
  const until = Date.now() + (wait ? WAIT_MS_MAX : 0);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const over = AbortSignal.any([gone.signal, reply.server.closing]);
  for (;;) {
    const given = await giveSets({ database, figures }, link, setsMax, new Date());
    if (given.sets.length > 0 || Date.now() >= until || over.aborted) return given;
    await polls.next(until - Date.now(), over);
  }
}
