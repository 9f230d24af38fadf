import { problems, problemType } from '../src/http/problems.ts';

/** The page of every problem, so that a program's writer sees all codes at once. */
export function problemsPage(): string {
  const rows = [
    ['status', 'code', 'what kind it is'],
    ...Object.entries(problems).map(([code, { status, title }]) => [String(status), `\`${code}\``, title]),
  ];
  return `# Problems

<!-- Generated from src/http/problems.ts by schemas/generate.ts; not to be edited. -->

Every error of the internal listener is \`application/problem+json\` (RFC 9457) with the \`type\`
\`${problemType('malformed').replace('malformed', '<code>')}\`. Programs branch on the code; it is never renamed. \`detail\` says what happened and what to
do, \`errors\` names every fault with its pointer into the body, \`instance\` is what the log calls the occurrence.
429 and 503 bear \`Retry-After\`.

${table(rows)}
`;
}

/** Columns padded for the eye, the first row as the head. */
function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [head = '', ...body] = rows.map((row) =>
    line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))),
  );
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}
