import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { Problem, type ProblemIssue } from '../http/problem.ts';
import type { Grant } from './grant-access.ts';
import { isPurpose, purposes } from './purposes.ts';
import { isRole, isScope, roles, type Scope, scopes } from './roles.ts';

/** Also what `mra access grant` takes as a name. */
const NAME = /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/;
const MEMBERS = new Set(['name', 'role', 'scopes', 'purpose', 'link', 'expiresAt']);

/**
 * Reads the body of a grant, `{name, role, scopes?, purpose?, link?, expiresAt?}`.
 *
 * @param links ids of the links there are
 * @throws Problem `malformed`, with every fault
 */
export function readGrant(body: unknown, links: ReadonlySet<string>, now: Date): Grant {
  const given = isJsonObject(body) ? body : {};
  const errors: ProblemIssue[] = Object.keys(given)
    .filter((name) => !MEMBERS.has(name))
    .map((name) =>
      fault(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, 'is not a member of a grant'),
    );

  function read<T>(name: string, parse: (value: string) => T | undefined, wanted: string): T | undefined {
    const value = given[name];
    const read = typeof value === 'string' ? parse(value) : undefined;
    if (read === undefined && value !== undefined) errors.push(fault(`/${name}`, wanted));
    return read;
  }

  const name = read(
    'name',
    (text) => (NAME.test(text) ? text : undefined),
    '1 to 64 visible ASCII characters',
  );
  const role = read(
    'role',
    (text) => (isRole(text) ? text : undefined),
    `one of ${Object.keys(roles).join(', ')}`,
  );
  const purpose = read(
    'purpose',
    (text) => (isPurpose(text) ? text : undefined),
    `one of ${purposes.join(', ')}`,
  );
  const link = read(
    'link',
    (text) => (links.has(text) ? text : undefined),
    `one of ${[...links].join(', ')}`,
  );
  const expiresAt = read('expiresAt', (text) => instantAfter(text, now), 'an instant to come');
  const own = given.scopes === undefined ? undefined : readScopes(given.scopes);
  if (own === null) errors.push(fault('/scopes', `a list of ${scopes.join(', ')}`));
  if (given.name === undefined) errors.push(fault('/name', 'there'));
  if (given.role === undefined) errors.push(fault('/role', 'there'));
  if (errors.length > 0 || name === undefined || role === undefined) {
    throw new Problem('malformed', {
      detail: 'A grant is {name, role, scopes?, purpose?, link?, expiresAt?}.',
      errors,
    });
  }
  return { name, role, scopes: own ?? undefined, purpose, link, expiresAt };
}

function fault(pointer: string, wanted: string): ProblemIssue {
  return { pointer, code: 'malformed', message: wanted.startsWith('is ') ? wanted : `must be ${wanted}` };
}

function readScopes(value: unknown): Scope[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const known = value.flatMap((item) => (typeof item === 'string' && isScope(item) ? [item] : []));
  return known.length === value.length ? [...new Set(known)] : null;
}

function instantAfter(text: string, now: Date): Date | undefined {
  const at = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? new Date(text) : undefined;
  return at && at > now ? at : undefined;
}
