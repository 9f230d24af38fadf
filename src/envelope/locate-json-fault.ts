import { JsonError, type JsonErrorCode } from './json-error.ts';
import { isExactNumber } from './weigh-json.ts';

interface Reader {
  readonly text: string;
  at: number;
}

const blank = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds what is wrong with a text that parseStrictJson refused, and where. It reads the text a second time, slowly
 * and to the letter of RFC 8259; only a text that is refused anyway pays for it. The depth was bounded before.
 */
export function locateJsonFault(text: string): JsonError {
  const reader: Reader = { text, at: 0 };
  try {
    readValue(reader, '');
    skipBlank(reader);
    return new JsonError('syntax', { offset: reader.at, pointer: '' });
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
}

function readValue(reader: Reader, pointer: string): void {
  skipBlank(reader);
  const first = reader.text[reader.at];
  if (first === '{') readObject(reader, pointer);
  else if (first === '[') readArray(reader, pointer);
  else if (first === '"') readString(reader, pointer);
  else readScalar(reader, pointer);
}

function readScalar(reader: Reader, pointer: string): void {
  const start = reader.at;
  if (take(reader, word) !== '') return;
  const digits = take(reader, number);
  if (digits === '') throw fault('syntax', start, pointer);
  if (!isExactNumber(Number(digits))) throw fault('number-out-of-range', start, pointer);
}

function readObject(reader: Reader, pointer: string): void {
  const names = new Set<string>();
  reader.at++;
  if (closes(reader, '}')) return;
  do {
    skipBlank(reader);
    const start = reader.at;
    if (reader.text[start] !== '"') throw fault('syntax', start, pointer);
    const name = readString(reader, pointer);
    const member = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (names.has(name)) throw fault('duplicate-member', start, member);
    names.add(name);
    skipBlank(reader);
    if (reader.text[reader.at] !== ':') throw fault('syntax', reader.at, member);
    reader.at++;
    readValue(reader, member);
  } while (goesOn(reader, '}', pointer));
}

function readArray(reader: Reader, pointer: string): void {
  let index = 0;
  reader.at++;
  if (closes(reader, ']')) return;
  do {
    readValue(reader, `${pointer}/${index++}`);
  } while (goesOn(reader, ']', pointer));
}

function closes(reader: Reader, close: string): boolean {
  skipBlank(reader);
  if (reader.text[reader.at] !== close) return false;
  reader.at++;
  return true;
}

function goesOn(reader: Reader, close: string, pointer: string): boolean {
  if (closes(reader, close)) return false;
  if (reader.text[reader.at] !== ',') throw fault('syntax', reader.at, pointer);
  reader.at++;
  return true;
}

function readString(reader: Reader, pointer: string): string {
  const start = reader.at++;
  for (;;) {
    const unit = reader.text.charCodeAt(reader.at);
    if (unit === 0x22) break;
    // Not a number at the end of the text, which is no greater than anything either.
    if (!(unit >= 0x20)) throw fault('syntax', reader.at, pointer);
    if (unit !== 0x5c) reader.at++;
    else if (take(reader, escapeSequence) === '') throw fault('syntax', reader.at, pointer);
  }
  const content: string = JSON.parse(reader.text.slice(start, ++reader.at));
  if (!content.isWellFormed()) throw fault('lone-surrogate', start, pointer);
  return content;
}

function skipBlank(reader: Reader): void {
  take(reader, blank);
}

function take(reader: Reader, token: RegExp): string {
  token.lastIndex = reader.at;
  const taken = token.exec(reader.text)?.[0] ?? '';
  reader.at += taken.length;
  return taken;
}

/** A name in a pointer can be as long as the text; what is passed on to a log or a partner is not. */
const POINTER_LENGTH_MAX = 256;

function fault(code: JsonErrorCode, offset: number, pointer: string): JsonError {
  return new JsonError(code, { offset, pointer: pointer.slice(0, POINTER_LENGTH_MAX).toWellFormed() });
}
