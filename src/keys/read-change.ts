import { ALGORITHMS, type Algorithm } from '../envelope/algorithms.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { Problem, type ProblemIssue } from '../http/problem.ts';
import { KEY_DAYS } from './make-next-key.ts';

const REASON = /^[^\p{Cc}\p{Cs}]{1,500}$/u;
const THUMBPRINT = /^[\w-]{1,128}$/;
const DAYS_MAX = 3_650;

export interface KeyChange {
  /** Why; it goes on record. */
  reason: string;
  /** What the partner read out; only where one is confirmed. */
  thumbprint: string;
  use: 'sig' | 'enc';
  alg: Algorithm;
  days: number;
}

/**
 * Reads the body of a change of keys: `{reason}`, with `thumbprint` where a key is confirmed, and `use`, `alg` and `days` where
 * one is made.
 *
 * @throws Problem `malformed`, with every fault
 */
export function readKeyChange(body: unknown, confirms = false): KeyChange {
  const given = isJsonObject(body) ? body : {};
  const { reason, thumbprint = '', use = 'sig', alg = 'ES256', days = KEY_DAYS } = given;
  const errors: ProblemIssue[] = [];
  const check = (holds: boolean, pointer: string, message: string): void => {
    if (!holds) errors.push({ pointer, code: 'malformed', message });
  };
  check(
    typeof reason === 'string' && REASON.test(reason),
    '/reason',
    'must be a text of 1 to 500 characters',
  );
  check(
    !confirms || (typeof thumbprint === 'string' && THUMBPRINT.test(thumbprint)),
    '/thumbprint',
    'must be the thumbprint that the partner read out',
  );
  check(use === 'sig' || use === 'enc', '/use', 'must be sig or enc');
  const algorithm = ALGORITHMS.find((known) => known === alg);
  check(algorithm !== undefined, '/alg', `must be one of ${ALGORITHMS.join(', ')}`);
  const whole = typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= DAYS_MAX;
  check(whole, '/days', `must be a number of days from 1 to ${DAYS_MAX}`);
  if (errors.length > 0) {
    throw new Problem('malformed', {
      detail: 'The body is {reason}, with thumbprint where a key is confirmed.',
      errors,
    });
  }
  return {
    reason: String(reason),
    thumbprint: String(thumbprint),
    use: use === 'enc' ? 'enc' : 'sig',
    alg: algorithm ?? 'ES256',
    days: Number(days),
  };
}
