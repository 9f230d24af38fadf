import type { Command } from 'commander';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { type Column, noteMore, type OutputOptions, printRows, withOutput } from './print-rows.ts';

interface Entry {
  log: string;
  index: number;
  time: string;
  message: string | null;
  content: Record<string, unknown> | null;
  gone: string | null;
}

interface Checkpoint {
  log: string;
  size: number;
  root: string;
  cosignatures: { link: string; at: string }[];
}

interface Read {
  principal: string;
  purpose: string;
  what: string;
  ids: string[];
  from: string;
  to: string;
}

interface Page<T> {
  items: T[];
  next: string | null;
}

type Options = OutputOptions & Record<string, string | boolean | undefined> & { limit: string };

const AUDITOR = API_HELP.replace('role operator', 'role auditor');

/** `mra audit entries | checkpoints | reads`: what the log of a running gateway says, with a token of role auditor. */
export function addAuditLists(audit: Command): void {
  listing(audit, 'entries', 'what happened, newest first, opened where its content is kept', [
    'mra audit entries --message 019a…',
    'mra audit entries --kind key-revoked',
  ])
    .option('--message <id>', 'what happened to this message')
    .option('--kind <kind>', 'such as message-accepted, access-granted, key-revoked')
    .action((options: Options) =>
      explainFailure(() => show('/v1/ops/audit/entries', options, ['message', 'kind'], entryColumns)),
    );
  listing(audit, 'checkpoints', 'states of the log that were published, with who cosigned them', [
    'mra audit checkpoints --limit 5',
  ]).action((options: Options) =>
    explainFailure(() => show('/v1/ops/audit/checkpoints', options, [], checkpointColumns)),
  );
  listing(audit, 'reads', 'who read which data of the partner, and what for', [
    'mra audit reads --id CN4403960A1B',
    'mra audit reads --principal risk-engine --since 2026-11-01',
  ])
    .option('--principal <name>', 'who read')
    .option('--id <id>', 'what was read: an enterprise or a message')
    .option('--purpose <purpose>', 'what for')
    .option('--since <instant>', 'then or later')
    .option('--until <instant>', 'before then')
    .action((options: Options) =>
      explainFailure(() =>
        show('/v1/ops/reads', options, ['principal', 'id', 'purpose', 'since', 'until'], readColumns),
      ),
    );
}

function listing(audit: Command, name: string, description: string, examples: string[]): Command {
  return withOutput(audit.command(name))
    .description(description)
    .option('--limit <number>', 'how many', '50')
    .addHelpText(
      'after',
      `\n${examples.length > 1 ? 'Examples' : 'Example'}:\n  ${examples.join('\n  ')}\n${AUDITOR}`,
    );
}

async function show<T>(
  path: string,
  options: Options,
  filters: readonly string[],
  columns: readonly Column<T>[],
): Promise<void> {
  const query = new URLSearchParams({ limit: options.limit });
  for (const name of filters) {
    const value = options[name];
    if (typeof value === 'string') query.set(name, value);
  }
  const { items, next } = await openOperatorApi().get<Page<T>>(`${path}?${query}`);
  printRows(items, columns, options, 'There is none.');
  noteMore(next);
}

const entryColumns: readonly Column<Entry>[] = [
  { title: 'TIME', of: ({ time }) => time },
  { title: 'LOG', of: ({ log }) => log },
  { title: 'INDEX', of: ({ index }) => index, right: true },
  { title: 'KIND', of: ({ content, gone }) => (content ? String(content.kind) : `(${gone ?? 'not here'})`) },
  { title: 'MESSAGE', of: ({ message }) => message },
  { title: 'CONTENT', of: ({ content }) => contentOf(content) },
];

/** Long lists of ids are what a table cannot show: `--json` has them. */
function contentOf(content: Entry['content']): string | null {
  if (!content) return null;
  const { kind: _, message: __, ...rest } = content;
  const text = JSON.stringify(rest);
  return text.length > CONTENT_LENGTH_MAX ? `${text.slice(0, CONTENT_LENGTH_MAX - 1)}…` : text;
}

const CONTENT_LENGTH_MAX = 120;

const checkpointColumns: readonly Column<Checkpoint>[] = [
  { title: 'LOG', of: ({ log }) => log },
  { title: 'SIZE', of: ({ size }) => size, right: true },
  {
    title: 'COSIGNED BY',
    of: ({ cosignatures }) => cosignatures.map(({ link, at }) => `${link} ${at}`).join(', '),
  },
  { title: 'ROOT', of: ({ root }) => root },
];

const readColumns: readonly Column<Read>[] = [
  { title: 'WHO', of: ({ principal }) => principal },
  { title: 'PURPOSE', of: ({ purpose }) => purpose },
  { title: 'WHAT', of: ({ what }) => what },
  { title: 'FROM', of: ({ from }) => from },
  { title: 'TO', of: ({ to }) => to },
  {
    title: 'IDS',
    of: ({ ids }) =>
      ids.length > 3 ? `${ids.slice(0, 3).join(' ')} and ${ids.length - 3} more` : ids.join(' '),
  },
];
