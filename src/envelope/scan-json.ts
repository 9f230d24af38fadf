import { JsonError } from './json-error.ts';

/** What bounds the work that a text can cause before anybody is known to have written it. */
export interface JsonLimits {
  /** Levels of objects and arrays in one another. */
  depthMax: number;
  /** Members and elements of the whole text together. */
  membersMax: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Bounds depth and size of a JSON text and counts the member names that it writes. It checks no grammar: on a text
 * that JSON.parse takes the count is exact, because outside a string a colon only ever follows a name; any other
 * text JSON.parse refuses.
 *
 * Strings are jumped over with indexOf, which takes 16 and more characters at a time; the place of the next
 * backslash is remembered, so that a text without any is never searched for one twice.
 */
export function scanJson(text: string, limits: JsonLimits): number {
  let names = 0;
  let depth = 0;
  let members = 0;
  let backslash = findOr(text, '\\', 0);
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        let end = findOr(text, '"', at + 1);
        if (backslash < at) backslash = findOr(text, '\\', at);
        while (backslash < end) {
          // Of an escaped quote the quote is no end; of anything else escaped the second character is passed over.
          if (backslash + 1 === end) end = findOr(text, '"', end + 1);
          backslash = findOr(text, '\\', backslash + 2);
        }
        at = end;
        break;
      }
      case COLON:
        names++;
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (++depth > limits.depthMax) throw new JsonError('too-deep', { offset: at });
        if (++members > limits.membersMax) throw new JsonError('too-many-members', { offset: at });
        break;
      case COMMA:
        if (++members > limits.membersMax) throw new JsonError('too-many-members', { offset: at });
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        depth--;
        break;
    }
  }
  return names;
}

function findOr(text: string, character: string, from: number): number {
  const found = text.indexOf(character, from);
  return found < 0 ? Number.POSITIVE_INFINITY : found;
}
