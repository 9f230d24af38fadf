import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import type { WrongLine } from './import-file.ts';
import { neutralise } from './neutralise.ts';

/** A file with every line that is wrong and why, one row a fault; made when the first comes. */
export interface WrongLineReport extends AsyncDisposable {
  file: string;
  write(line: WrongLine): Promise<void>;
}

/** @param append to what an earlier run of the same import wrote */
export function openReport(file: string, append: boolean): WrongLineReport {
  let stream: ReturnType<typeof createWriteStream> | undefined;
  const put = async (rows: readonly (readonly string[])[]): Promise<void> => {
    if (
      !stream?.write(
        stringify(
          rows.map((row) => row.map(neutralise)),
          { record_delimiter: '\r\n' },
        ),
      )
    )
      await (stream && once(stream, 'drain'));
  };
  return {
    file,
    async write({ line, id, faults }) {
      if (!stream) {
        stream = createWriteStream(file, { flags: append ? 'a' : 'w', mode: 0o600 });
        if (!append) await put([['line', 'id', 'column', 'pointer', 'code', 'message']]);
      }
      await put(
        faults.map(({ column, pointer, code, message }) => [
          String(line),
          id ?? '',
          column ?? '',
          pointer,
          code,
          message,
        ]),
      );
    },
    async [Symbol.asyncDispose]() {
      if (!stream) return;
      stream.end();
      await once(stream, 'close');
    },
  };
}
