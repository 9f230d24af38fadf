import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { RowBuffer } from './row-buffer.ts';

/** Writes one value of a row; `batch` is what all rows of a copy have in common. */
type WriteValue<Row, Batch> = (rows: RowBuffer, row: Row, batch: Batch) => void;

/** A table and the columns of it that rows are copied into. The others take their defaults. */
export interface CopyTarget<Row, Batch> {
  table: string;
  sql: string;
  columns: readonly WriteValue<Row, Batch>[];
}

type Value<V, Row, Batch> = (row: Row, batch: Batch) => V | null;

/** One maker for each type of column; what its function returns must be of that type, or null. */
class Columns<Row, Batch> {
  readonly text = this.#of<string>((rows, value) => rows.text(value));
  /** JSON text, as `json` keeps it. */
  readonly json = this.text;
  readonly uuid = this.#of<string>((rows, value) => rows.uuid(value));
  readonly bool = this.#of<boolean>((rows, value) => rows.bool(value));
  readonly integer = this.#of<number>((rows, value) => rows.int4(value));
  readonly bigint = this.#of<number>((rows, value) => rows.int8(value));
  readonly bytea = this.#of<Uint8Array>((rows, value) => rows.bytes(value));
  /** `timestamptz`, to the millisecond. */
  readonly instant = this.#of<Date>((rows, value) => rows.instant(value));
  /** `date`, as `2026-11-23`. */
  readonly date = this.#of<string>((rows, value) => rows.date(value));

  #of<V>(write: (rows: RowBuffer, value: V) => void) {
    return (of: Value<V, Row, Batch>): WriteValue<Row, Batch> =>
      (rows, row, batch) => {
        const value = of(row, batch);
        if (value === null) rows.null();
        else write(rows, value);
      };
  }
}

/** @param columns by their names */
export function copyTarget<Row, Batch>(
  table: string,
  columns: (type: Columns<Row, Batch>) => Record<string, WriteValue<Row, Batch>>,
): CopyTarget<Row, Batch> {
  const made = columns(new Columns());
  return {
    table,
    sql: `copy ${table} (${Object.keys(made).join(', ')}) from stdin (format binary)`,
    columns: Object.values(made),
  };
}

/** The rows as the server reads them. */
export function encodeRows<Row, Batch>(
  { columns }: CopyTarget<Row, Batch>,
  rows: readonly Row[],
  batch: Batch,
): Buffer {
  const buffer = new RowBuffer();
  for (const row of rows) {
    buffer.row(columns.length);
    for (const write of columns) write(buffer, row, batch);
  }
  return buffer.finish();
}

/**
 * Appends rows to a table. It costs the server half of `insert … select from unnest(…)`: no arrays to be parsed and
 * joined, and the rows of a page are written and logged at once. A key that is taken fails the statement.
 */
export function copyRows(client: Pick<pg.ClientBase, 'query'>, sql: string, rows: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(sql));
    stream.once('error', reject);
    stream.once('finish', resolve);
    stream.end(rows);
  });
}
