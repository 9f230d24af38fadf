import { type Command, Option } from 'commander';

export interface OutputOptions {
  json?: boolean;
  table?: boolean;
}

/** Where a table has a column. */
export interface Column<R> {
  title: string;
  of(row: R): string | number | null | undefined;
  /** Figures stand at the right. */
  right?: boolean;
}

/** `--json` and `--table`: without either a terminal gets a table, and a pipe JSON, one row a line. */
export function withOutput(command: Command): Command {
  return command
    .addOption(new Option('--json', 'JSON, one row a line (the default in a pipe)').conflicts('table'))
    .addOption(new Option('--table', 'a table (the default on a terminal)'));
}

export function wantsTable({ json, table }: OutputOptions): boolean {
  return !json && (table === true || process.stdout.isTTY === true);
}

/** Prints rows as they are asked for. @param none the sentence for a person where there are none */
export function printRows<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  options: OutputOptions,
  none: string,
): void {
  if (!wantsTable(options)) {
    for (const row of rows) console.log(JSON.stringify(row));
    // Beside the rows: who looks at a pipe that stays empty learns why.
    if (rows.length === 0) console.error(none);
  } else if (rows.length === 0) console.log(none);
  else console.log(tableOf(rows, columns));
}

/** Says, beside the rows, that the gateway has more of them. */
export function noteMore(next: string | null | undefined): void {
  if (next) console.error('There are more; narrow them down by filters, or ask for more with --limit.');
}

export function tableOf<R>(rows: readonly R[], columns: readonly Column<R>[]): string {
  const cells = rows.map((row) => columns.map(({ of }) => String(of(row) ?? '-').replaceAll(/\s+/g, ' ')));
  const widths = columns.map(({ title }, n) =>
    Math.max(widthOf(title), ...cells.map((line) => widthOf(line[n] ?? ''))),
  );
  const lines = [columns.map(({ title }) => title), ...cells];
  return lines
    .map((line) =>
      line
        .map((cell, n) => {
          const space = ' '.repeat((widths[n] ?? 0) - widthOf(cell));
          return columns[n]?.right ? space + cell : cell + space;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Columns on a terminal: a Chinese character takes two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(
      character,
    )
      ? 2
      : 1;
  return width;
}

/** How long ago, as a person says it: `19 min`. */
export function ageOf(seconds: number | null | undefined): string | null {
  if (seconds === null || seconds === undefined) return null;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
