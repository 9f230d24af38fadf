import { isMessageId } from '../envelope/message-id.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { ProblemIssue } from '../http/problem.ts';
import { fault, malformed } from '../operations/dead-letters/read-request.ts';
import type { PollRequest, ReportedError } from './poll-stream.ts';
import {
  ACKS_MAX,
  DESCRIPTION_LENGTH_MAX,
  type From,
  SETS_MAX,
  STREAM_TYPES,
  type StreamType,
} from './stream.ts';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const ERR_LENGTH_MAX = 64;

/**
 * Reads the body of a poll (RFC 8936, 2.2). Members that the RFC does not name are ignored, as it demands; ids that are
 * none of ours cannot be of a SET that was sent and are passed over.
 *
 * @returns `wait`: whether to wait for a SET where there is none
 * @throws Problem `malformed`, with every fault
 */
export function readPoll(body: unknown): PollRequest & { wait: boolean } {
  const faults: ProblemIssue[] = [];
  const given = objectOf(body, faults);
  const { maxEvents = SETS_MAX, returnImmediately = false, ack = [], setErrs = {} } = given;
  if (typeof maxEvents !== 'number' || !Number.isSafeInteger(maxEvents) || maxEvents < 0) {
    faults.push(fault('/maxEvents', 'wrong-type', 'must be a whole number, 0 or more'));
  }
  if (typeof returnImmediately !== 'boolean') {
    faults.push(fault('/returnImmediately', 'wrong-type', 'must be true or false'));
  }
  if (!Array.isArray(ack) || ack.length > ACKS_MAX || !ack.every((id) => typeof id === 'string')) {
    faults.push(fault('/ack', 'wrong-type', `must be a list of at most ${ACKS_MAX} jti values`));
  }
  const errors = readErrors(setErrs, faults);
  if (faults.length > 0) throw malformed(faults);
  const setsMax = Math.min(Number(maxEvents), SETS_MAX);
  return {
    setsMax,
    wait: returnImmediately !== true && setsMax > 0,
    ack: (ack as unknown[]).filter(isMessageId),
    setErrs: errors,
  };
}

function readErrors(value: unknown, faults: ProblemIssue[]): ReportedError[] {
  const named = isJsonObject(value) ? Object.entries(value) : [];
  if (!isJsonObject(value) || named.length > ACKS_MAX) {
    faults.push(fault('/setErrs', 'wrong-type', `must be an object of at most ${ACKS_MAX} members`));
    return [];
  }
  return named.flatMap(([id, error]) => {
    if (!isJsonObject(error) || typeof error.err !== 'string') {
      faults.push(fault(`/setErrs/${id.slice(0, 64)}`, 'wrong-type', 'must be {err, description}'));
      return [];
    }
    if (!isMessageId(id)) return [];
    const description = typeof error.description === 'string' ? error.description : '';
    return [
      {
        id,
        err: storable(error.err, ERR_LENGTH_MAX),
        description: storable(description, DESCRIPTION_LENGTH_MAX),
      },
    ];
  });
}

/** PostgreSQL's texts hold no U+0000, and half a surrogate pair is no text. */
function storable(text: string, lengthMax: number): string {
  return text.replaceAll('\0', '').slice(0, lengthMax).toWellFormed();
}

export interface WantedStream {
  link: string | undefined;
  types: readonly StreamType[];
  from: From;
}

/** Reads `{link?, types?, from?}`: all types unless told, from the beginning unless told. @throws Problem `malformed` */
export function readDefinition(body: unknown): WantedStream {
  const faults: ProblemIssue[] = [];
  const given = objectOf(body, faults, ['link', 'types', 'from']);
  const { link, types = STREAM_TYPES, from = 'beginning' } = given;
  if (link !== undefined && typeof link !== 'string') {
    faults.push(fault('/link', 'wrong-type', 'must be the id of a link'));
  }
  const known = Array.isArray(types) ? STREAM_TYPES.filter((type) => types.includes(type)) : [];
  if (!Array.isArray(types) || types.length === 0 || new Set(types).size !== known.length) {
    faults.push(fault('/types', 'unknown-code', `must be some of ${STREAM_TYPES.join(', ')}`));
  }
  const place = readPlace('/from', from, faults);
  if (faults.length > 0) throw malformed(faults);
  return { link: typeof link === 'string' ? link : undefined, types: known, from: place };
}

/** Reads `{to}`. @throws Problem `malformed` */
export function readSeek(body: unknown): From {
  const faults: ProblemIssue[] = [];
  const { to } = objectOf(body, faults, ['to']);
  const place = readPlace('/to', to, faults);
  if (faults.length > 0) throw malformed(faults);
  return place;
}

/** Reads where to begin, or to go on. */
export function readPlace(pointer: string, value: unknown, faults: ProblemIssue[]): From {
  if (value === 'beginning' || value === 'now') return value;
  const instant = typeof value === 'string' && INSTANT.test(value) ? new Date(value) : undefined;
  if (instant && !Number.isNaN(instant.getTime())) return instant;
  const message = 'must be beginning, now, or an instant such as 2026-11-23T08:00:00.000Z';
  faults.push(fault(pointer, value === undefined ? 'missing-member' : 'malformed', message));
  return 'now';
}

function objectOf(
  body: unknown,
  faults: ProblemIssue[],
  members?: readonly string[],
): Record<string, unknown> {
  if (!isJsonObject(body ?? {})) {
    faults.push(fault('', 'wrong-type', 'must be an object'));
    return {};
  }
  const given = isJsonObject(body) ? body : {};
  for (const name of Object.keys(given)) {
    if (members && !members.includes(name)) {
      faults.push(fault(`/${name}`, 'unknown-member', `is not one of ${members.join(', ')}`));
    }
  }
  return given;
}
