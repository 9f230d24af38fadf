import { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isJsonObject, parseStrictJson } from '../envelope/parse-strict-json.ts';
import { type Erasure, ErasureError } from './erasure.ts';

/**
 * The list of erasures in a file outside of every backup, one JSON object a line. A restored store is erased again by
 * it, so it holds ids and nothing else of the enterprises.
 */
export function readErasureList(file: string): Erasure[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, n) => (line === '' ? [] : [readLine(file, line, n + 1)]));
}

/** On disk when it returns. */
export function appendToErasureList(file: string, erasures: readonly Erasure[]): void {
  if (erasures.length === 0) return;
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'a', 0o600);
  try {
    appendFileSync(handle, erasures.map((erasure) => `${JSON.stringify(erasure)}\n`).join(''));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function readLine(file: string, line: string, number: number): Erasure {
  const found = parsed(line);
  const { subject, at, reason, by } = isJsonObject(found) ? found : {};
  const instant = new Date(typeof at === 'string' ? at : Number.NaN);
  if (
    typeof subject !== 'string' ||
    typeof reason !== 'string' ||
    typeof by !== 'string' ||
    Number.isNaN(instant.getTime())
  ) {
    throw new ErasureError(
      'list',
      `${file}, line ${number}: is no erasure {subject, at, reason, by}. Put the line right: a restored store is erased by it.`,
    );
  }
  return { subject, at: instant, reason, by };
}

function parsed(line: string): unknown {
  try {
    return parseStrictJson(Buffer.from(line), { depthMax: 2, membersMax: 8 });
  } catch {
    return undefined;
  }
}
