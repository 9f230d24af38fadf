/**
 * A spreadsheet takes a cell that begins with one of these for a formula and runs it, whoever wrote the name in it
 * (OWASP, CSV injection). An apostrophe before it makes it text; spreadsheets do not show it.
 */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/u;
const NEUTRALISED = /^'(?=[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20])/u;

export function neutralise(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** What neutralise made of a cell, as it was. */
export function restore(cell: string): string {
  return cell.replace(NEUTRALISED, '');
}
