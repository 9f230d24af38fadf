import { CONTRACT_EDITION } from '../contract/edition.ts';
import { retryAfterMs } from '../delivery/back-off.ts';
import type { PartnerConnection } from '../delivery/send-sets.ts';
import { isJsonObject, parseStrictJson } from '../envelope/parse-strict-json.ts';
import type { Signer } from '../envelope/sign-set.ts';
import { proveCaller } from '../ledger/caller-proof.ts';
import type { Link } from '../links/link.ts';
import { bodyBytesMax } from '../reception/body-bytes-max.ts';
import type { PushAnswer } from '../reception/incoming.ts';
import { readPush } from '../reception/read-push.ts';

/** A partner holds a poll for half a minute, and may take its time with what we acknowledge. */
const ANSWER_TIMEOUT_MS = 45_000;

const limits = { depthMax: 8, membersMax: 10_000 };

/** What a poll came to. */
export type PartnerPolled =
  | { sets: ReadonlyMap<string, string>; edition: string | undefined }
  | { error: string; retryAfterMs?: number };

export interface PollingConnection {
  link: Link;
  connection: Pick<PartnerConnection, 'post'>;
  /** Our own `iss`. */
  issuer: string;
  signer: Signer;
  stop: AbortSignal;
}

/**
 * One long poll of the partner's `/exchange/poll`, with our answers for the SETs of the poll before. It bears our word
 * like a request for the ledger, for a partner that does not know us by TLS. Never throws for what the network does.
 */
export async function pollPartner(
  { link, connection, issuer, signer, stop }: PollingConnection,
  { ack, setErrs }: PushAnswer,
): Promise<PartnerPolled> {
  const body = JSON.stringify({ maxEvents: link.batchSetsMax, returnImmediately: false, ack, setErrs });
  const authorization = await proveCaller(issuer, link.issuer, signer, '/exchange/poll', body);
  try {
    const answer = await connection.post('/exchange/poll', 'application/json', body, {
      headers: { authorization, 'mra-edition': String(CONTRACT_EDITION) },
      timeoutMs: ANSWER_TIMEOUT_MS,
      answerBytesMax: bodyBytesMax([link]),
      stop,
    });
    if (answer.status !== 200) {
      const wait = retryAfterMs(headerOf(answer.headers['retry-after']), new Date());
      const error = `partner answered ${answer.status} to a poll: ${answer.body.slice(0, 200)}`;
      return { error, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
    }
    const json = parseStrictJson(Buffer.from(answer.body), limits);
    const sets = readPush(json, link);
    if (!isJsonObject(json) || 'status' in sets) {
      return {
        error: `partner answered a poll with what is not {sets}: ${'err' in sets ? sets.description : ''}`,
      };
    }
    return { sets, edition: headerOf(answer.headers['mra-edition']) };
  } catch (error) {
    return {
      error: `no answer to a poll: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}`,
    };
  }
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
