import { JsonError } from './json-error.ts';
import { locateJsonFault } from './locate-json-fault.ts';
import { type JsonLimits, scanJson } from './scan-json.ts';
import { weighJson } from './weigh-json.ts';

export type { JsonLimits };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that every reader understands in one way only (RFC 8259, narrowed by RFC 7493): UTF-8 without a byte
 * order mark, no object with two members of one name, no half surrogate pairs, no integer beyond 2^53 - 1, no -0,
 * bounded in depth and members.
 *
 * Two members of one name are found without a parser of our own: JSON.parse keeps one of them, so the value has fewer
 * members than the text has names. What JSON.parse takes for the same name is the same name here, however it is
 * written. A member `__proto__` is an own member like any other.
 *
 * @throws {JsonError} with the code of the first fault, its offset and, where it is known, its pointer
 */
export function parseStrictJson(input: Uint8Array | string, limits: JsonLimits): unknown {
  const text = typeof input === 'string' ? input : decode(input);
  if (text.charCodeAt(0) === 0xfeff) throw new JsonError('byte-order-mark', { offset: 0 });
  // Bytes that decode have no half pairs; a string that was never bytes may.
  if (typeof input === 'string' && !text.isWellFormed()) throw new JsonError('lone-surrogate');
  const names = scanJson(text, limits);
  const value = parse(text);
  if (weighJson(value, text.includes('\\u')) !== names) throw locateJsonFault(text);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new JsonError('not-utf8', {}, { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw locateJsonFault(text);
  }
}

/** @returns whether the value is a JSON object: neither an array nor null */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
