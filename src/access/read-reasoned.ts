import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { Problem, type ProblemIssue } from '../http/problem.ts';

const LENGTH_MAX = 64;
const REASON = /^[^\p{Cc}\p{Cs}]{1,500}$/u;

/**
 * Reads `{<member>, reason}`: what an act is about, and why it is asked for.
 *
 * @throws Problem `malformed`, with every fault
 */
export function readReasoned(
  body: unknown,
  member: string,
  shape: RegExp,
): { value: string; reason: string } {
  const given = isJsonObject(body) ? body : {};
  const errors: ProblemIssue[] = [];
  const read = (name: string, wanted: RegExp, lengthMax: number): string => {
    const value = given[name];
    if (typeof value === 'string' && value.length <= lengthMax && wanted.test(value)) return value;
    errors.push({ pointer: `/${name}`, code: 'malformed', message: `must be a text like ${wanted.source}` });
    return '';
  };
  const value = read(member, shape, LENGTH_MAX);
  const reason = read('reason', REASON, 500);
  if (errors.length === 0) return { value, reason };
  throw new Problem('malformed', { detail: `The body is {${member}, reason}.`, errors });
}
