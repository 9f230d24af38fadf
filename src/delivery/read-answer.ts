import { isJsonObject } from '../envelope/parse-strict-json.ts';

/** What one request told us about each of its messages. */
export type Answer =
  | AnsweredRequest
  /** Nobody knows whether the partner holds them: the same is sent again. */
  | { kind: 'unclear'; cause: Unclear; error: string; retryAfterMs?: number }
  /** The partner takes fewer or smaller messages at once; it holds none of them. */
  | { kind: 'too-large'; error: string; retryAfterMs?: number }
  /** The partner does not take us for us (keys, clock, configuration): nothing is burnt, the lane backs off. */
  | { kind: 'link-fault'; error: string; retryAfterMs?: number };

/**
 * Why it is unclear. Only 5xx may be the fault of a message, and not where the partner says when to come again: then
 * it knows why.
 */
export type Unclear = 'server-error' | 'busy' | 'no-answer' | 'timeout' | 'garbled';

export interface AnsweredRequest {
  kind: 'answered';
  delivered: string[];
  refused: SetError[];
  /** Messages that failed a check of the link rather than of their content; they stay pending. */
  faulty: SetError[];
  /** Set where an answer says that the two sides hold different histories: delivery stops for an operator. */
  halt?: SetError;
}

export interface SetError {
  id: string;
  err: string;
  description: string;
}

/** Refusals for good (protocol step 3); every other code speaks of the link. */
const FINAL_ERRORS: ReadonlySet<string> = new Set(['invalid_request']);
const HALTING_ERRORS: ReadonlySet<string> = new Set(['jti_conflict', 'version_conflict']);

/** Longest description that is kept; the partner chooses its words, not our disk space. */
const DESCRIPTION_LENGTH_MAX = 1_000;

/**
 * Reads the answer to a multi-SET push. Only a 202 that names each `jti` exactly once is an answer; anything
 * else says nothing about any message.
 */
export function readAnswer(
  status: number,
  body: string,
  sent: readonly string[],
  retryAfterMs?: number,
): Answer {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const cause = status >= 500 && retryAfterMs === undefined ? 'server-error' : 'busy';
    return { kind: 'unclear', cause, error: `partner answered ${status}${summary(body)}`, ...wait };
  }
  if (status === 413 || (status === 400 && errOf(body) === 'too_many_sets')) {
    return { kind: 'too-large', error: `partner answered ${status}${summary(body)}`, ...wait };
  }
  if (status !== 202)
    return { kind: 'link-fault', error: `partner answered ${status}${summary(body)}`, ...wait };

  const answer = parse(body);
  if (!answer) {
    const error = 'partner answered 202 with a body that is not {ack, setErrs}';
    return { kind: 'unclear', cause: 'garbled', error, ...wait };
  }
  const named = [...answer.ack, ...answer.setErrs.map((e) => e.id)];
  const expected = new Set(sent);
  if (
    named.length !== expected.size ||
    new Set(named).size !== named.length ||
    !named.every((id) => expected.has(id))
  ) {
    return {
      kind: 'unclear',
      cause: 'garbled',
      error: 'partner answered 202 without naming each message exactly once',
      ...wait,
    };
  }
  return sortAnswer(answer.ack, answer.setErrs);
}

/** What an answer for each of some messages means: the code of an error says whether it is a refusal. */
export function sortAnswer(delivered: string[], errors: readonly SetError[]): AnsweredRequest {
  const halt = errors.find((e) => HALTING_ERRORS.has(e.err));
  return {
    kind: 'answered',
    delivered,
    refused: errors.filter((e) => FINAL_ERRORS.has(e.err)),
    faulty: errors.filter((e) => !FINAL_ERRORS.has(e.err)),
    ...(halt ? { halt } : {}),
  };
}

function parse(body: string): { ack: string[]; setErrs: SetError[] } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isJsonObject(json)) return undefined;
  const { ack = [], setErrs = {} } = json;
  if (!Array.isArray(ack) || !ack.every((id) => typeof id === 'string') || !isJsonObject(setErrs))
    return undefined;
  const errors: SetError[] = [];
  for (const [id, error] of Object.entries(setErrs)) {
    if (!isJsonObject(error) || typeof error.err !== 'string') return undefined;
    const description = typeof error.description === 'string' ? error.description : '';
    errors.push({
      id,
      err: error.err.slice(0, 64),
      description: description.slice(0, DESCRIPTION_LENGTH_MAX),
    });
  }
  return { ack, setErrs: errors };
}

/** The RFC 8935 error body in a few words, if there is one. */
function summary(body: string): string {
  const error = errorBody(body);
  if (!error) return '';
  const description = typeof error.description === 'string' ? ` (${error.description.slice(0, 200)})` : '';
  return `: ${error.err.slice(0, 64)}${description}`;
}

function errOf(body: string): string | undefined {
  return errorBody(body)?.err;
}

function errorBody(body: string): { err: string; description?: unknown } | undefined {
  try {
    const json: unknown = JSON.parse(body);
    if (isJsonObject(json) && typeof json.err === 'string') return { ...json, err: json.err };
  } catch {
    // Not JSON: the status alone has to do.
  }
  return undefined;
}
