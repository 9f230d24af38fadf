import { type IdentifierScheme, identifierSchemes } from '../../generated/codes.ts';
import type { SchemeEntry } from '../codes.ts';

const entries: readonly SchemeEntry[] = identifierSchemes;
const shapes: ReadonlyMap<IdentifierScheme, RegExp> = new Map(
  entries.flatMap(({ code, pattern }) => (pattern === undefined ? [] : [[code, new RegExp(pattern)]])),
);

/** Whether a value has the shape that its scheme publishes; a scheme without one is only kept to read old records. */
export function hasIdentifierShape(scheme: IdentifierScheme, value: string): boolean {
  return shapes.get(scheme)?.test(value) ?? true;
}
