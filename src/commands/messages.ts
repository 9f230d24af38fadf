import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { explainFailure } from './explain-failure.ts';
import { addFindCommand } from './find-messages.ts';
import { API_HELP, ApiError, type OperatorApi, openOperatorApi, wrongUse } from './operator-api.ts';
import { noteMore, type OutputOptions, printRows, withOutput } from './print-rows.ts';
import { addShowCommand } from './show-message.ts';

interface Filters {
  kind?: string;
  link?: string;
  type?: string;
  subject?: string;
  error?: string;
  since?: string;
  until?: string;
}

interface Options extends Filters, OutputOptions {
  reason?: string;
  all?: boolean;
  dryRun?: boolean;
  data?: string;
}

interface Letter {
  id: string;
  kind: string;
  link: string;
  type: string;
  subject: string;
  version: number | null;
  at: string;
  err: string | null;
  reason: string | null;
  holding: number;
  name?: { native: string | null; latin: string | null } | null;
}

const FILTERS = ['link', 'type', 'subject', 'error', 'since', 'until'] as const;

const acts = {
  retry: 'send parked messages again, with the same bytes',
  withdraw: 'take messages back that the partner has not answered; a void takes their versions',
  resubmit: 'submit refused messages again as new ones',
  dismiss: 'let refusals rest',
} as const;

type Act = keyof typeof acts;

const examples: Record<Act, readonly string[]> = {
  retry: [
    'mra messages retry 019a…',
    "mra messages retry --all --link us-cbp --error 500 --reason 'mended by the partner'",
  ],
  withdraw: ["mra messages withdraw 019a… --reason 'sent by mistake'"],
  resubmit: ["mra messages resubmit 019a… --data corrected.json --reason 'postal code'"],
  dismiss: ["mra messages dismiss --all --subject CN4403960A1B --reason 'settled by telephone'"],
};

/** `mra messages`: what an operator does with messages that go nowhere by themselves. */
export function addMessagesCommand(program: Command): void {
  const messages = program
    .command('messages')
    .description('find messages, look at those that wait for an operator, and decide about them');

  filtered(withOutput(messages.command('list')).description('list parked and refused messages, newest first'))
    .addOption(new Option('--kind <kind>', 'only these').choices(['parked', 'refused']))
    .addHelpText(
      'after',
      `\nExamples:\n  mra messages list --link us-cbp --kind parked\n  mra messages list --json | jq -r .id\n${API_HELP}`,
    )
    .action((options: Options) => explainFailure(() => list(openOperatorApi(), options)));

  addShowCommand(messages);
  addFindCommand(messages);
  for (const act of Object.keys(acts) as Act[]) addAct(messages, act);
}

function addAct(messages: Command, act: Act): void {
  const command = filtered(messages.command(act).description(acts[act]))
    .argument('[id...]', 'messages; or --all with filters')
    .option('--all', 'all that fit the filters, up to 1,000')
    .option('--dry-run', 'with --all: only say how many')
    .option('--reason <text>', 'for the audit log; needed with --all');
  if (act === 'resubmit') command.option('--data <file>', 'corrected data of one message, a JSON file');
  if (act === 'withdraw')
    command.addHelpText('after', '\nWith --all it waits for a second person to approve it.');
  command.addHelpText('after', `\nExamples:\n  ${examples[act].join('\n  ')}\n${API_HELP}`);
  command.action((ids: string[], options: Options) =>
    explainFailure(() => (options.all ? doAll(act, ids, options) : doEach(act, ids, options))),
  );
}

function filtered(command: Command): Command {
  return command
    .option('--link <link>', 'id of the link')
    .option('--type <type>', 'such as enterprise-status')
    .option('--subject <subject>', 'id of an enterprise or a validation')
    .option('--error <text>', 'part of the error')
    .option('--since <instant>', 'parked or refused then or later, e.g. 2026-11-24T06:00:00Z')
    .option('--until <instant>', 'before then');
}

async function list(api: OperatorApi, options: Options): Promise<void> {
  const query = new URLSearchParams({ limit: '200' });
  for (const name of [...FILTERS, 'kind'] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  const { items, next } = await api.get<{ items: Letter[]; next: string | null }>(
    `/v1/ops/dead-letters?${query}`,
  );
  printRows(
    items,
    [
      { title: 'KIND', of: ({ kind }) => kind },
      { title: 'LINK', of: ({ link }) => link },
      { title: 'TYPE', of: ({ type }) => type },
      { title: 'SUBJECT', of: ({ subject }) => subject },
      { title: 'NAME', of: ({ name }) => name?.native ?? name?.latin },
      { title: 'VERSION', of: ({ version }) => version, right: true },
      { title: 'SINCE', of: ({ at }) => at },
      { title: 'BEHIND IT', of: ({ holding }) => holding, right: true },
      { title: 'ID', of: ({ id }) => id },
      { title: 'WHY', of: ({ err, reason }) => reason ?? err },
    ],
    options,
    'No message waits for an operator.',
  );
  noteMore(next);
}

async function doEach(act: Act, ids: readonly string[], { reason, data }: Options): Promise<void> {
  if (ids.length === 0) throw wrongUse('Name messages by their ids, or use --all with filters.');
  if (data !== undefined && ids.length > 1) throw wrongUse('Corrected data are of one message.');
  const api = openOperatorApi();
  const body = {
    ...(reason === undefined ? {} : { reason }),
    ...(data === undefined ? {} : { data: await readData(data) }),
  };
  for (const id of ids) {
    const place = act === 'withdraw' ? 'messages' : 'dead-letters';
    const done = await api.post(`/v1/ops/${place}/${encodeURIComponent(id)}/${act}`, body);
    console.log(`${id}: ${done.state}${act === 'resubmit' ? `, as ${done.id}` : ''}`);
  }
}

async function readData(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(`${file} is not JSON.`, { cause });
  }
}

async function doAll(act: Act, ids: readonly string[], options: Options): Promise<void> {
  if (ids.length > 0) throw wrongUse('Name messages, or use --all: not both.');
  if (!options.reason) throw wrongUse('Say why with --reason; it goes into the audit log.');
  const filter = Object.fromEntries(
    FILTERS.flatMap((name) => (options[name] ? [[name, options[name]]] : [])),
  );
  const { reason, dryRun = false } = options;
  const answer = await openOperatorApi().post(`/v1/ops/dead-letters/${act}`, { filter, reason, dryRun });
  if (isJsonObject(answer.approval)) {
    const { id, summary } = answer.approval;
    console.log(`${summary}: waits for a second person to approve it (approval ${id}).`);
    return;
  }
  const failed = Array.isArray(answer.failed) ? answer.failed : [];
  console.log(`${answer.matched} fit, ${answer.done} done, ${failed.length} could not be.`);
  for (const { id, problem } of failed) console.log(`  ${id}: ${problem?.detail ?? problem?.title}`);
  if (answer.more) console.log('There are more; run it again.');
  if (failed.length > 0) process.exitCode = 1;
}
