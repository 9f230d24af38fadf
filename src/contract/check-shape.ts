import type { MessageData } from '../generated/messages.ts';
import { explainSchemaErrors, issuesMax } from './explain-schema-errors.ts';
import type { Issue } from './issue.ts';
import { escapePointerStep } from './json-pointer.ts';
import { type SchemaType, schemaCheck } from './schemas.ts';

/** No list of the contract is longer; that of a receipt is as long. */
const itemsMax = 1000;

/**
 * The data, typed, or the ways in which they break the schema of the type; `complete` where every faulty member is
 * named, so that the others can be read.
 */
export type Shaped<Data> =
  | { data: Data; errors?: never }
  | { data?: never; errors: Issue[]; complete: boolean };

export function checkShape<Type extends SchemaType>(type: Type, data: unknown): Shaped<MessageData[Type]> {
  // The validator joins the errors of each item to all before it: 80,000 empty items, which fit into a message,
  // took it 30 s. So a list longer than any is named before the validator sees it.
  if (holdsOverlongList(data)) return { errors: overlongLists(data, ''), complete: false };
  const matches = schemaCheck(type);
  if (matches(data)) return { data };
  const errors = explainSchemaErrors(type, matches.errors ?? []);
  return { errors, complete: errors.length < issuesMax && errors.every(({ pointer }) => pointer !== '') };
}

function holdsOverlongList(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value) && value.length > itemsMax) return true;
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && holdsOverlongList(member)) return true;
  }
  return false;
}

function overlongLists(value: unknown, pointer: string): Issue[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) && value.length > itemsMax) {
    return [{ pointer, code: 'too-many', message: `must be at most ${itemsMax} items` }];
  }
  const found: Issue[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null) continue;
    for (const issue of overlongLists(member, `${pointer}/${escapePointerStep(key)}`)) found.push(issue);
  }
  return found;
}
