import { checkAgainstRegister } from '../../src/contract/check-against-register.ts';
import { checkMessage } from '../../src/contract/check-message.ts';
import { checkOwnMessage, isOwnMessageType } from '../../src/contract/check-own-message.ts';
import { checkReceipt } from '../../src/contract/check-receipt.ts';
import { checkShape } from '../../src/contract/check-shape.ts';
import { explainSchemaErrors } from '../../src/contract/explain-schema-errors.ts';
import type { Issue } from '../../src/contract/issue.ts';
import { isBusinessType } from '../../src/contract/messages.ts';
import {
  readSchemas,
  type SchemaDocuments,
  type SchemaFinder,
  type SchemaType,
  schemaDocuments,
} from '../../src/contract/schemas.ts';
import { messageOf, type Named, type Vector } from './read-vectors.ts';

export interface Verdict {
  errors: Named[];
  warnings: Named[];
}

/** What the contract says of a vector, in the form in which the vector says it. */
export function judge(vector: Vector): Verdict {
  const { type, data, context, state } = vector;
  if (type === 'receipt') return named(checkReceipt(data).errors);
  if (type === 'version-void') return named(checkShape(type, data).errors ?? []);
  if (isOwnMessageType(type)) return named(checkOwnMessage(type, data).errors);
  if (type.startsWith('codes/')) return named(findShapeErrors(vector));
  if (!isBusinessType(type)) throw new Error(`${vector.title}: there is no type ${type}`);
  const { message, errors, warnings } = checkMessage(type, data, context);
  if (message === undefined || state === undefined) return named(errors, warnings);
  return named([...errors, ...checkAgainstRegister(messageOf(vector), state, context)], warnings);
}

const shipped = readSchemas();

/** What the schema alone says of a vector; `codes/<list>` stands for a code of that list. */
export function findShapeErrors(
  { type, data }: Vector,
  find: SchemaFinder = shipped,
  documents: SchemaDocuments = schemaDocuments,
): Issue[] {
  const [file, list] = type.split('/');
  const check = find(list === undefined ? `${file}.v1.json` : `codes.v1.json#/$defs/${list}`);
  if (check(data)) return [];
  return explainSchemaErrors(
    list === undefined ? schemaTypeOf(type) : 'codes',
    check.errors ?? [],
    documents,
  );
}

function schemaTypeOf(type: string): SchemaType {
  if (type === 'receipt' || type === 'version-void' || isOwnMessageType(type) || isBusinessType(type))
    return type;
  throw new Error(`there is no type ${type}`);
}

function named(errors: readonly Issue[], warnings: readonly Issue[] = []): Verdict {
  return { errors: inOrder(errors), warnings: inOrder(warnings) };
}

export function inOrder(issues: readonly Named[]): Named[] {
  return issues
    .map(({ pointer, code }) => ({ pointer, code }))
    .sort((a, b) => (`${a.pointer} ${a.code}` < `${b.pointer} ${b.code}` ? -1 : 1));
}
