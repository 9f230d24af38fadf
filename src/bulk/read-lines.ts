import { createReadStream, openAsBlob } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { streamXlsxRows } from 'hucre/xlsx';
import { BulkError } from './bulk-error.ts';
import type { Mapping } from './read-mapping.ts';

/** One line of a file: its cells by the names in its header, or a JSON value. `line` counts from 1, header included. */
export type FileLine =
  | { line: number; cells: ReadonlyMap<string, string> }
  | { line: number; json: unknown }
  | { line: number; broken: string };

/** More in one line is no record of an enterprise. */
const LINE_BYTES_MAX = 1_048_576;

/**
 * The lines of a CSV, XLSX or NDJSON file, one by one: memory does not grow with the file, but for the shared texts
 * of an XLSX, which stand apart from its rows.
 *
 * @throws BulkError where the file is none of these, or has no header
 */
export function readLines(file: string, mapping: Partial<Mapping> = {}): AsyncGenerator<FileLine> {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return withHeader(csvRows(file, mapping));
    case '.xlsx':
      return withHeader(xlsxRows(file, mapping));
    case '.ndjson':
    case '.jsonl':
      return jsonLines(file);
    default:
      throw new BulkError('format-unknown', `${file} must end in .csv, .xlsx or .ndjson.`);
  }
}

interface Row {
  line: number;
  cells: string[];
}

async function* csvRows(
  file: string,
  { delimiter = ',', encoding = 'utf-8' }: Partial<Mapping>,
): AsyncGenerator<Row> {
  const parser = Readable.from(decoded(file, encoding)).pipe(
    parse({
      delimiter,
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LINE_BYTES_MAX,
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>)
      yield { line: info.lines, cells: record };
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

async function* decoded(file: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of createReadStream(file)) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* xlsxRows(file: string, { sheet = 0 }: Partial<Mapping>): AsyncGenerator<Row> {
  const bytes = (await openAsBlob(file)).stream();
  try {
    for await (const { index, values } of streamXlsxRows(bytes, { sheet }))
      yield { line: index + 1, cells: values.map(cellText) };
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** A date of a spreadsheet has no zone: it is the calendar date that it shows. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return String(value);
}

async function* withHeader(rows: AsyncGenerator<Row>): AsyncGenerator<FileLine> {
  let header: string[] | undefined;
  for await (const { line, cells } of rows) {
    if (header === undefined) {
      header = headerOf(cells);
      continue;
    }
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (cells.length > header.length && cells.slice(header.length).some((cell) => cell.trim() !== ''))
      yield { line, broken: `has ${cells.length} cells, the header ${header.length}` };
    else yield { line, cells: new Map(header.map((name, n) => [name, cells[n] ?? ''])) };
  }
  if (header === undefined)
    throw new BulkError('header-wrong', 'The file is empty: its first line must name the columns.');
}

function headerOf(cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.trim());
  const twice = names.find((name, n) => name !== '' && names.indexOf(name) < n);
  if (twice !== undefined) throw new BulkError('header-wrong', `The header names the column ${twice} twice.`);
  return names;
}

async function* jsonLines(file: string): AsyncGenerator<FileLine> {
  const lines = createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let line = 0;
  try {
    for await (const text of lines) {
      line++;
      if (text.trim() === '') continue;
      yield lineOf(line, text);
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function lineOf(line: number, text: string): FileLine {
  if (text.length > LINE_BYTES_MAX) return { line, broken: `is longer than ${LINE_BYTES_MAX} characters` };
  try {
    return { line, json: JSON.parse(line === 1 ? text.replace(/^\uFEFF/, '') : text) };
  } catch (error) {
    return { line, broken: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function unreadable(file: string, cause: unknown): BulkError {
  if (cause instanceof BulkError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new BulkError('file-unreadable', `${file} cannot be read: ${message}`, { cause });
}
