import { get, saveFile } from '../api/client.ts';
import type { ListedMessage } from '../api/types.ts';
import type { Action } from '../parts/action-dialog.tsx';
import type { Query } from '../router.tsx';
import { count } from '../words/figures.ts';
import { say } from '../words/language.ts';

/** Rows of one file: what a spreadsheet opens without complaint. */
const ROWS_MAX = 50_000;
const PAGE = 500;

const columns = [
  'id',
  'link',
  'direction',
  'type',
  'subject',
  'version',
  'state',
  'urgent',
  'txn',
  'acceptedAt',
  'deliveredAt',
  'receiptedAt',
  'lane',
  'lastError',
] as const satisfies readonly (keyof ListedMessage)[];

interface Page {
  items: ListedMessage[];
  next: string | null;
}

/** What is filtered as a CSV file, page by page. */
export function exportMessages(filter: Query): Action {
  return {
    title: say('messages.export'),
    async preview(signal) {
      const counted = await get<{ count: number }>('/v1/messages/count', {
        query: { ...filter, max: ROWS_MAX },
        signal,
      });
      return say('messages.export-preview', {
        n: count(Math.min(ROWS_MAX, counted.count)),
        max: count(ROWS_MAX),
      });
    },
    verb: say('messages.export'),
    reason: 'none',
    cancellable: true,
    async run({ signal, progress }) {
      const rows: string[] = [['\ufeffid', ...columns.slice(1), 'nameNative', 'nameLatin'].join(',')];
      let cursor: string | undefined;
      do {
        const page: Page = await get('/v1/messages', { query: { ...filter, limit: PAGE, cursor } });
        for (const message of page.items) rows.push(rowOf(message));
        cursor = page.next ?? undefined;
        progress({ done: rows.length - 1, total: ROWS_MAX, failed: 0 });
      } while (cursor !== undefined && rows.length <= ROWS_MAX && !signal.aborted);
      saveFile(new Blob([`${rows.join('\r\n')}\r\n`], { type: 'text/csv' }), 'messages.csv');
      return say('messages.exported', { n: count(rows.length - 1) });
    },
  };
}

function rowOf(message: ListedMessage): string {
  const values = columns.map((column) => message[column]);
  return [...values, message.name?.native, message.name?.latin].map(cellOf).join(',');
}

/** Quoted, and never a formula where a spreadsheet opens it. */
function cellOf(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
