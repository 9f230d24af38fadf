import { problems, problemType } from '../src/http/problems.ts';

/** The page of every problem, so that a program's writer sees all codes at once. */
export function problemsPage(): string {
  const rows = Object.entries(problems).map(
    ([code, { status, title }]) => `| ${status} | \`${code}\` | ${title} |`,
  );
  return `# Problems

<!-- Generated from src/http/problems.ts by schemas/generate.ts; not to be edited. -->

Every error of the internal listener is \`application/problem+json\` (RFC 9457) with the \`type\`
\`${problemType('malformed').replace('malformed', '<code>')}\`. Programs branch on the code; it is never renamed. \`detail\` says what happened and what to
do, \`errors\` names every fault with its pointer into the body, \`instance\` is what the log calls the occurrence.
429 and 503 bear \`Retry-After\`.

| status | code | what kind it is |
| ------ | ---- | --------------- |
${rows.join('\n')}
`;
}
