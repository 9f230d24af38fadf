import type { Command } from 'commander';
import type { FollowedMessage } from '../submission/follow-message.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { type OutputOptions, tableOf, wantsTable, withOutput } from './print-rows.ts';

interface Check {
  name: string;
  ok: boolean | null;
  en: string;
}

type Options = OutputOptions & { evidence?: boolean };

/** `mra messages show`: one message, as its page in the console has it. */
export function addShowCommand(messages: Command): void {
  withOutput(messages.command('show'))
    .description('show one message: its state, and everything that happened to it')
    .argument('<id>', 'id of the message')
    .option(
      '--evidence',
      'with its signature, receipt and audit entries, checked now. Exit 1 if one does not hold',
    )
    .addHelpText(
      'after',
      `\nExamples:\n  mra messages show 019a…\n  mra messages show 019a… --evidence\n  mra messages show 019a… --json | jq .timeline\n${API_HELP}`,
    )
    .action((id: string, options: Options) => explainFailure(() => show(id, options)));
}

async function show(id: string, options: Options): Promise<void> {
  const api = openOperatorApi();
  const name = encodeURIComponent(id);
  if (!options.evidence) {
    const message = await api.get<FollowedMessage>(`/v1/messages/${name}`);
    console.log(wantsTable(options) ? linesOf(message) : JSON.stringify(message));
    return;
  }
  const evidence = await api.get<{ checks: Check[] }>(`/v1/ops/messages/${name}/evidence`);
  if (evidence.checks.some(({ ok }) => ok === false)) process.exitCode = 1;
  if (!wantsTable(options)) return console.log(JSON.stringify(evidence));
  const message = await api.get<FollowedMessage>(`/v1/messages/${name}`);
  console.log(linesOf(message));
  console.log(`\n${evidence.checks.map(({ ok, en }) => `${markOf(ok)}  ${en}`).join('\n')}`);
}

/** A check that cannot be made yet is neither. */
function markOf(ok: boolean | null): string {
  if (ok === null) return 'not yet';
  return ok ? 'holds  ' : 'WRONG  ';
}

function linesOf(message: FollowedMessage): string {
  const { type, subject, version, state, direction, link, txn, attempts, lane, lastError } = message;
  const facts: [string, string | number | null | undefined][] = [
    ['state', state],
    ['way', `${direction === 'out' ? 'to' : 'from'} the partner of ${link}`],
    ['txn', txn],
    ['attempts', direction === 'out' ? attempts : null],
    ['lane', lane],
    ['last error', lastError],
    ['replaces', message.replaces],
  ];
  const told = facts.filter(([, value]) => value !== null && value !== undefined);
  return [
    `${type} ${subject}${version === null ? '' : ` version ${version}`}  ${message.id}`,
    tableOf(told, [
      { title: '', of: ([name]) => name },
      { title: '', of: ([, value]) => value },
    ]).trimStart(),
    '',
    tableOf(message.timeline, [
      { title: 'AT', of: ({ at }) => String(at) },
      { title: 'EVENT', of: ({ event }) => event },
      { title: 'DETAIL', of: ({ detail }) => detail },
    ]),
  ].join('\n');
}
