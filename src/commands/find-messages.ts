import type { Command } from 'commander';
import type { ListedMessage } from '../submission/list-messages.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { noteMore, type OutputOptions, printRows, withOutput } from './print-rows.ts';

const FILTERS = {
  link: 'id of the link',
  direction: 'out or in',
  type: 'such as enterprise-status',
  state: 'accepted, sent, delivered, receipted, refused, parked, held, withdrawn, received',
  subject: 'id of an enterprise or a validation',
  name: 'part of the name of the enterprise, in either script',
  txn: 'case number',
  lane: 'what waits in this lane',
  error: 'part of the last error',
  since: 'then or later, e.g. 2026-11-24T06:00:00Z',
  until: 'before then',
} as const;

type Options = OutputOptions &
  Partial<Record<keyof typeof FILTERS, string>> & { limit: string; count?: boolean };

/** `mra messages find`: the search of the console, from a shell. */
export function addFindCommand(messages: Command): void {
  const find = withOutput(messages.command('find', { isDefault: true }))
    .description('find messages of both directions, newest first')
    .argument('[text]', 'a message id or its beginning, an enterprise, a case number, or a name');
  for (const [name, help] of Object.entries(FILTERS)) find.option(`--${name} <${name}>`, help);
  find
    .option('--limit <number>', 'how many', '50')
    .option('--count', 'only how many there are, and of how many enterprises')
    .addHelpText(
      'after',
      `\nExamples:\n  mra messages\n  mra messages find 深圳恒达\n  mra messages find --state parked --error 500\n  mra messages find --link us-cbp --since 2026-11-24T06:00:00Z --count\n${API_HELP}`,
    )
    .action((text: string | undefined, options: Options) => explainFailure(() => print(text, options)));
}

async function print(text: string | undefined, options: Options): Promise<void> {
  const query = new URLSearchParams(text === undefined ? {} : { q: text });
  for (const name of Object.keys(FILTERS) as (keyof typeof FILTERS)[]) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  const api = openOperatorApi();
  if (options.count) {
    console.log(JSON.stringify(await api.get<object>(`/v1/messages/count?${query}`)));
    return;
  }
  query.set('limit', options.limit);
  const { items, next } = await api.get<{ items: ListedMessage[]; next: string | null }>(
    `/v1/messages?${query}`,
  );
  printRows(
    items,
    [
      { title: 'STATE', of: ({ state }) => state },
      { title: 'WAY', of: ({ direction }) => direction },
      { title: 'TYPE', of: ({ type }) => type },
      { title: 'SUBJECT', of: ({ subject }) => subject },
      { title: 'NAME', of: ({ name }) => name?.native ?? name?.latin },
      { title: 'ACCEPTED', of: ({ acceptedAt }) => String(acceptedAt) },
      { title: 'ID', of: ({ id }) => id },
      { title: 'ERROR', of: ({ lastError }) => lastError },
    ],
    options,
    'No message fits.',
  );
  noteMore(next);
}
