import type { FastifyRequest } from 'fastify';
import { isJsonObject } from '../../envelope/parse-strict-json.ts';
import { Problem, type ProblemIssue } from '../../http/problem.ts';
import type { DeadLetterFilter } from './list-dead-letters.ts';

const REASON_LENGTH_MAX = 500;
const IDS_MAX = 1_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;
const TEXTS = ['link', 'type', 'subject', 'error', 'name', 'q'] as const;
const TEXT_LENGTH_MAX = 200;

/** The body of an act: an object, or nothing. @throws Problem `malformed` with every fault */
export function readAct(request: FastifyRequest): { reason?: string; data?: unknown } {
  const body = bodyOf(request, ['reason', 'data']);
  return { ...reasonOf(body), ...('data' in body ? { data: body.data } : {}) };
}

export interface BulkRequest {
  filter: DeadLetterFilter;
  reason: string;
  dryRun: boolean;
}

/** The body of an act on many: `{filter, reason, dryRun?}`. @throws Problem `malformed` with every fault */
export function readBulk(request: FastifyRequest): BulkRequest {
  const body = bodyOf(request, ['filter', 'reason', 'dryRun']);
  const faults: ProblemIssue[] = [];
  const { reason } = reasonOf(body);
  if (reason === undefined) faults.push(fault('/reason', 'missing-member', 'say why, for the audit log'));
  const { dryRun = false } = body;
  if (typeof dryRun !== 'boolean') faults.push(fault('/dryRun', 'wrong-type', 'must be true or false'));
  const filter = readFilter(body.filter, faults);
  if (faults.length > 0 || reason === undefined || typeof dryRun !== 'boolean') throw malformed(faults);
  return { filter, reason, dryRun };
}

export function readFilter(value: unknown, faults: ProblemIssue[]): DeadLetterFilter {
  if (!isJsonObject(value)) {
    faults.push(fault('/filter', 'missing-member', 'must be an object; {} takes all'));
    return {};
  }
  const filter: DeadLetterFilter = {};
  for (const [name, member] of Object.entries(value)) {
    const pointer = `/filter/${name}`;
    const text = TEXTS.find((known) => known === name);
    if (text) {
      if (typeof member === 'string' && member.length <= TEXT_LENGTH_MAX) filter[text] = member;
      else
        faults.push(
          fault(pointer, 'wrong-type', `must be a string of at most ${TEXT_LENGTH_MAX} characters`),
        );
    } else if (name === 'since' || name === 'until') {
      if (typeof member === 'string' && INSTANT.test(member)) filter[name] = new Date(member);
      else faults.push(fault(pointer, 'malformed', 'must be a date or an instant'));
    } else if (name === 'ids') {
      if (isIds(member)) filter.ids = member;
      else faults.push(fault(pointer, 'wrong-type', `must be a list of at most ${IDS_MAX} message ids`));
    } else faults.push(fault(pointer, 'unknown-member', 'is not a filter'));
  }
  return filter;
}

function isIds(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= IDS_MAX &&
    value.every((id) => typeof id === 'string' && UUID.test(id))
  );
}

/** @throws Problem `malformed` where it is no object, or has members that the call does not know */
export function bodyOf(request: FastifyRequest, members: readonly string[]): Record<string, unknown> {
  const body = request.body ?? {};
  if (!isJsonObject(body)) throw malformed([fault('', 'wrong-type', 'must be an object')]);
  const unknown = Object.keys(body).filter((name) => !members.includes(name));
  if (unknown.length > 0) {
    throw malformed(
      unknown.map((name) => fault(`/${name}`, 'unknown-member', `is not one of ${members.join(', ')}`)),
    );
  }
  return body;
}

export function reasonOf(body: Record<string, unknown>): { reason?: string } {
  const { reason } = body;
  if (reason === undefined) return {};
  if (typeof reason === 'string' && reason.length > 0 && reason.length <= REASON_LENGTH_MAX)
    return { reason };
  throw malformed([
    fault('/reason', 'wrong-type', `must be a string of 1 to ${REASON_LENGTH_MAX} characters`),
  ]);
}

/** A member that is text, if it is given. @throws Problem `malformed` */
export function textOf(body: Record<string, unknown>, name: string, lengthMax: number): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= lengthMax) return value;
  throw malformed([fault(`/${name}`, 'wrong-type', `must be a string of 1 to ${lengthMax} characters`)]);
}

/** @throws Problem `malformed` */
export function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw malformed([fault(`/${name}`, 'missing-member', 'must be given')]);
}

export function fault(pointer: string, code: string, message: string): ProblemIssue {
  return { pointer, code, message };
}

export function malformed(errors: readonly ProblemIssue[]): Problem {
  return new Problem('malformed', { detail: 'The body is not as the API says.', errors });
}
