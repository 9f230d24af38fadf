import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { writeXlsxStream } from 'hucre/xlsx';
import type { EnterpriseStatus } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import { currentRecords, recordsAt } from '../register/read-enterprise.ts';
import type { ReadTime } from '../register/read-time.ts';
import type { Database } from '../store/database.ts';
import { BulkError } from './bulk-error.ts';
import { cellsOf, columns } from './columns.ts';
import { neutralise } from './neutralise.ts';
import { statedRecord } from './stated-record.ts';

/** One register: what a party states on a link. */
export interface Shelf {
  link: string;
  party: Party;
}

export interface ExportOptions {
  /** As it stood then; left out: now. */
  time?: ReadTime;
  /** A mark before CSV by which Excel knows UTF-8. */
  bom?: boolean;
  /** Of CSV; a comma unless told. */
  delimiter?: string;
  /** Told of the ids that are about to be written, and waited for. */
  onWritten?(shelf: Shelf, ids: readonly string[]): Promise<void>;
}

/** Bounds memory; the file is written as it is read. */
const RECORDS_AT_ONCE = 1_000;
/** What a sheet of a spreadsheet holds, its header included. */
const SHEET_ROWS_MAX = 1_048_576;

/**
 * Writes the records of registers to a CSV, XLSX or NDJSON file: each as it would be stated now, in the columns that
 * `mra import` reads. The file appears when it is complete.
 *
 * @returns how many records were written
 */
export async function exportRegister(
  database: Database,
  shelves: readonly Shelf[],
  file: string,
  options: ExportOptions = {},
): Promise<number> {
  const write = writerOf(file);
  const counted = { records: 0 };
  const part = `${file}.part`;
  try {
    await write(part, readRecords(database, shelves, options, counted), options);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return counted.records;
}

async function* readRecords(
  database: Database,
  shelves: readonly Shelf[],
  { time = {}, onWritten }: ExportOptions,
  counted: { records: number },
): AsyncGenerator<EnterpriseStatus> {
  const past = time.on !== undefined || time.asOf !== undefined;
  for (const shelf of shelves) {
    let after = '';
    for (;;) {
      const ids = await idsAfter(database, shelf, after);
      const keys = ids.map((id) => ({ ...shelf, id }));
      const found = past ? await recordsAt(database, keys, time) : await currentRecords(database, keys);
      const stated = found
        .flatMap((record) => statedRecord(record) ?? [])
        .sort((a, b) => (a.enterprise.id < b.enterprise.id ? -1 : 1));
      await onWritten?.(
        shelf,
        stated.map(({ enterprise }) => enterprise.id),
      );
      counted.records += stated.length;
      yield* stated;
      const last = ids.at(-1);
      if (last === undefined || ids.length < RECORDS_AT_ONCE) break;
      after = last;
    }
  }
}

async function idsAfter(database: Database, { link, party }: Shelf, after: string): Promise<string[]> {
  const rows = await database.query<{ subject: string }>({
    name: 'bulk-export-ids',
    text: `select subject from subject
           where link = $1 and party = $2 and subject > $3 and kind = 'enterprise' order by subject limit $4`,
    values: [link, party, after, RECORDS_AT_ONCE],
  });
  return rows.map(({ subject }) => subject);
}

type Write = (
  file: string,
  records: AsyncGenerator<EnterpriseStatus>,
  options: ExportOptions,
) => Promise<void>;

function writerOf(file: string): Write {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return writeCsv;
    case '.xlsx':
      return writeXlsx;
    case '.ndjson':
    case '.jsonl':
      return writeNdjson;
    default:
      throw new BulkError('format-unknown', `${file} must end in .csv, .xlsx or .ndjson.`);
  }
}

async function* rowsOf(records: AsyncGenerator<EnterpriseStatus>): AsyncGenerator<string[]> {
  yield columns.map(({ name }) => name);
  for await (const record of records) yield cellsOf(record).map(neutralise);
}

const writeCsv: Write = (file, records, { bom = false, delimiter = ',' }) =>
  pipeline(
    Readable.from(rowsOf(records)),
    stringify({ bom, delimiter, record_delimiter: '\r\n' }),
    createWriteStream(file, { mode: 0o600 }),
  );

const writeXlsx: Write = async (file, records) => {
  const bytes = writeXlsxStream(withinSheet(rowsOf(records)), { name: 'register' });
  await pipeline(Readable.from(bytes), createWriteStream(file, { mode: 0o600 }));
};

async function* withinSheet(rows: AsyncGenerator<string[]>): AsyncGenerator<string[]> {
  let written = 0;
  for await (const row of rows) {
    if (++written > SHEET_ROWS_MAX)
      throw new BulkError(
        'too-many-rows',
        `A sheet holds ${SHEET_ROWS_MAX} rows. Write .csv, or one party at a time.`,
      );
    yield row;
  }
}

const writeNdjson: Write = (file, records) =>
  pipeline(
    Readable.from(
      (async function* () {
        for await (const record of records) yield `${JSON.stringify(record)}\n`;
      })(),
    ),
    createWriteStream(file, { mode: 0o600 }),
  );
