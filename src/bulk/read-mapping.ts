import { readFile } from 'node:fs/promises';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { BulkError } from './bulk-error.ts';
import { columnsByName } from './columns.ts';

/** Where a column of ours comes from in a foreign file. */
export type Source =
  | { value: string }
  | { column: string; values?: Readonly<Record<string, string>>; split?: string };

/** How a foreign file is to be read. Without one, the file has our own columns. */
export interface Mapping {
  /** Of CSV; a comma unless told. */
  delimiter?: string;
  /** Of CSV, as browsers name it, e.g. `gb18030`; UTF-8 unless told. */
  encoding?: string;
  /** Of XLSX: name or number from 0; the first unless told. */
  sheet?: string | number;
  /** Our column → its source. */
  columns: ReadonlyMap<string, Source>;
}

/** @throws BulkError mapping-wrong with every fault */
export async function readMapping(file: string): Promise<Mapping> {
  let draft: unknown;
  try {
    draft = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new BulkError('mapping-wrong', `The mapping ${file} cannot be read: ${messageOf(cause)}.`, {
      cause,
    });
  }
  const faults: string[] = [];
  const mapping = mappingOf(draft, faults);
  if (faults.length === 0) return mapping;
  throw new BulkError('mapping-wrong', `The mapping ${file} cannot be used:\n  ${faults.join('\n  ')}`);
}

const OPTIONS = new Set(['delimiter', 'encoding', 'sheet', 'columns', '$schema']);

function mappingOf(draft: unknown, faults: string[]): Mapping {
  if (!isJsonObject(draft) || !isJsonObject(draft.columns)) {
    faults.push('it must be an object with columns: {our column: its column in the file}');
    return { columns: new Map() };
  }
  for (const name of Object.keys(draft))
    if (!OPTIONS.has(name)) faults.push(`/${name}: there is no such setting`);
  const { delimiter, encoding, sheet } = draft;
  if (delimiter !== undefined && (typeof delimiter !== 'string' || delimiter.length !== 1))
    faults.push('/delimiter: must be one character');
  if (encoding !== undefined && !isEncoding(encoding)) faults.push('/encoding: is not known');
  if (sheet !== undefined && typeof sheet !== 'string' && !Number.isInteger(sheet))
    faults.push('/sheet: must be a name or a number');
  const sources = new Map<string, Source>();
  for (const [name, source] of Object.entries(draft.columns)) {
    const read = sourceOf(source);
    if (!columnsByName.has(name))
      faults.push(
        `/columns/${name}: there is no such column; there are ${[...columnsByName.keys()].join(', ')}`,
      );
    else if (!read)
      faults.push(`/columns/${name}: must be a column's name, {column, values?, split?} or {value}`);
    else sources.set(name, read);
  }
  return {
    ...(typeof delimiter === 'string' ? { delimiter } : {}),
    ...(typeof encoding === 'string' ? { encoding } : {}),
    ...(typeof sheet === 'string' || typeof sheet === 'number' ? { sheet } : {}),
    columns: sources,
  };
}

function sourceOf(source: unknown): Source | undefined {
  if (typeof source === 'string') return { column: source };
  if (!isJsonObject(source)) return undefined;
  const { column, value, values, split } = source;
  if (typeof value === 'string' && column === undefined) return { value };
  if (typeof column !== 'string' || value !== undefined) return undefined;
  if (split !== undefined && (typeof split !== 'string' || split === '')) return undefined;
  if (
    values !== undefined &&
    !(isJsonObject(values) && Object.values(values).every((v) => typeof v === 'string'))
  )
    return undefined;
  return {
    column,
    ...(values === undefined ? {} : { values: values as Record<string, string> }),
    ...(typeof split === 'string' ? { split } : {}),
  };
}

function isEncoding(encoding: unknown): boolean {
  try {
    return typeof encoding === 'string' && new TextDecoder(encoding) !== undefined;
  } catch {
    return false;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
