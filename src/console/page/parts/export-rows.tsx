import { get, saveFile } from '../api/client.ts';
import type { Name } from '../api/types.ts';
import type { Query } from '../router.tsx';
import { count } from '../words/figures.ts';
import { say } from '../words/language.ts';
import type { Action } from './action-dialog.tsx';

/** Rows of one file: what a spreadsheet opens without complaint. */
const ROWS_MAX = 50_000;
const PAGE = 500;

interface Page<Row> {
  items: Row[];
  next: string | null;
}

export interface Export<Row> {
  path: string;
  filter: Query;
  columns: readonly (keyof Row & string)[];
  file: string;
  /** How many rows fit, so far as it is counted. @param max more need not be counted */
  matching(max: number, signal: AbortSignal): Promise<number>;
}

/** What is filtered as a CSV file, page by page, with the names of the enterprises. */
export function exportRows<Row extends { name?: Name | null }>(wanted: Export<Row>): Action {
  const { path, filter, columns, file, matching } = wanted;
  return {
    title: say('export.do'),
    async preview(signal) {
      const n = Math.min(ROWS_MAX, await matching(ROWS_MAX, signal));
      return say('export.preview', { n: count(n), max: count(ROWS_MAX) });
    },
    verb: say('export.do'),
    reason: 'none',
    cancellable: true,
    async run({ signal, progress }) {
      const rows: string[] = [`\ufeff${[...columns, 'nameNative', 'nameLatin'].join(',')}`];
      let cursor: string | undefined;
      do {
        const page: Page<Row> = await get(path, { query: { ...filter, limit: PAGE, cursor } });
        for (const row of page.items) rows.push(lineOf(row, columns));
        cursor = page.next ?? undefined;
        progress({ done: rows.length - 1, total: ROWS_MAX, failed: 0 });
      } while (cursor !== undefined && rows.length <= ROWS_MAX && !signal.aborted);
      saveFile(new Blob([`${rows.join('\r\n')}\r\n`], { type: 'text/csv' }), file);
      return say('export.done', { n: count(rows.length - 1), file });
    },
  };
}

function lineOf<Row extends { name?: Name | null }>(
  row: Row,
  columns: readonly (keyof Row & string)[],
): string {
  const values: unknown[] = columns.map((column) => row[column]);
  return [...values, row.name?.native, row.name?.latin].map(cellOf).join(',');
}

/** Quoted, and never a formula where a spreadsheet opens it. */
function cellOf(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
