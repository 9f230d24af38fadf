import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Issue, SchemaIssueCode } from './issue.ts';
import { escapePointerStep } from './json-pointer.ts';
import { type SchemaDocuments, schemaDocuments } from './schemas.ts';

/** A message is at most 256 KiB and could break its schema some 80,000 times: an answer names no more than these. */
export const issuesMax = 1000;

interface Reading {
  pointer: string;
  code: SchemaIssueCode;
  message: string;
}

/** One member is named once, by the first of these that it breaks: what is not text is not also malformed. */
const precedence: readonly SchemaIssueCode[] = [
  'wrong-type',
  'missing-member',
  'unknown-member',
  'not-allowed',
  'unknown-code',
  'too-many',
  'too-few',
  'too-long',
  'malformed',
  'duplicate',
  'out-of-range',
  'mismatch',
];

/** Turns what the validator reports into one issue for each faulty member, in the order of their pointers. */
export function explainSchemaErrors(
  type: keyof SchemaDocuments,
  errors: readonly ErrorObject[],
  documents: SchemaDocuments = schemaDocuments,
): Issue[] {
  const byPointer = new Map<string, Issue>();
  for (const error of errors) {
    const reading = readError(error);
    if (reading === undefined) continue;
    const known = byPointer.get(reading.pointer);
    if (known !== undefined && rank(known.code) <= rank(reading.code)) continue;
    if (known === undefined && byPointer.size >= issuesMax) continue;
    const condition = isPlain(reading.code) ? undefined : conditionOf(type, error.schemaPath, documents);
    byPointer.set(reading.pointer, { ...reading, ...condition });
  }
  return [...byPointer.values()];
}

/** Whether the fault is the same under any condition, so that its own sentence says more. */
function isPlain(code: SchemaIssueCode): boolean {
  return code === 'wrong-type' || code === 'malformed';
}

function rank(code: Issue['code']): number {
  return (precedence as readonly string[]).indexOf(code);
}

function readError({
  keyword,
  instancePath: pointer,
  params,
  message = '',
}: ErrorObject): Reading | undefined {
  switch (keyword) {
    case 'type':
      return { pointer, code: 'wrong-type', message: `must be ${article(params.type)}` };
    case 'required':
      return {
        pointer: under(pointer, params.missingProperty),
        code: 'missing-member',
        message: 'is missing',
      };
    case 'additionalProperties': {
      const name = String(params.additionalProperty);
      return {
        pointer: under(pointer, name),
        code: 'unknown-member',
        message: 'is not a member of this message',
      };
    }
    case 'false schema':
      return { pointer, code: 'not-allowed', message: 'is not allowed here' };
    case 'enum':
      return { pointer, code: 'unknown-code', message: `must be one of ${params.allowedValues.join(', ')}` };
    case 'const':
      return { pointer, code: 'mismatch', message: `must be ${params.allowedValue}` };
    case 'maxLength':
      return { pointer, code: 'too-long', message: `must be at most ${params.limit} characters` };
    case 'maxItems':
      return { pointer, code: 'too-many', message: `must be at most ${params.limit} items` };
    case 'minItems':
      return {
        pointer,
        code: 'too-few',
        message: `must be at least ${params.limit} item${params.limit > 1 ? 's' : ''}`,
      };
    case 'uniqueItems': {
      // The validator names the two in one order for texts and in the other for objects.
      const [first, second] = [Math.min(params.i, params.j), Math.max(params.i, params.j)];
      return { pointer: under(pointer, second), code: 'duplicate', message: `is the same as item ${first}` };
    }
    case 'minimum':
    case 'maximum':
      return { pointer, code: 'out-of-range', message: `must be ${params.comparison} ${params.limit}` };
    case 'format':
      return { pointer, code: 'malformed', message: `must be a real ${params.format}, ISO 8601` };
    case 'pattern':
      return { pointer, code: 'malformed', message: `must match ${params.pattern}` };
    case 'if':
      // Only says that the conditions of a `then` were not met; each of these is an error of its own.
      return undefined;
    default:
      throw new Error(`no sentence for the keyword ${keyword}: ${message}`);
  }
}

function under(pointer: string, member: unknown): string {
  return `${pointer}/${escapePointerStep(String(member))}`;
}

function article(type: string): string {
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** The sentence and section of the rule of an `allOf` under which the error was found, if any. */
function conditionOf(
  type: keyof SchemaDocuments,
  schemaPath: string,
  documents: SchemaDocuments,
): { message: string; rule: string } | undefined {
  const [file = '', path = ''] = schemaPath.split('#');
  const document = Object.values(documents).find(({ $id }) => file !== '' && $id.endsWith(`/${file}`));
  let node: unknown = document ?? documents[type];
  let found: { message: string; rule: string } | undefined;
  for (const step of path.split('/').slice(1)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof node !== 'object' || node === null) break;
    node = Reflect.get(node, key);
    if (isCondition(node)) found = { message: node.description, rule: node['x-rule'] };
  }
  return found;
}

function isCondition(node: unknown): node is { description: string; 'x-rule': string } {
  return typeof node === 'object' && node !== null && 'x-rule' in node && 'description' in node;
}
