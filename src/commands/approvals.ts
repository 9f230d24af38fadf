import type { Command } from 'commander';
import { Option } from 'commander';
import { type Approval, approvalStates } from '../access/approvals.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { noteMore, type OutputOptions, printRows, withOutput } from './print-rows.ts';

const acts = {
  approve: 'release what another person asked for: it is done at once',
  reject: "refuse it, or take one's own back",
} as const;

const done = { approve: 'is done', reject: 'will not be done' } as const;

/** `mra approvals`: what waits for a second person, and the second person's word. */
export function addApprovalsCommand(program: Command): void {
  const approvals = program
    .command('approvals')
    .description('what waits for a second person: erasing, revoking keys, withdrawing in bulk');

  withOutput(approvals.command('list', { isDefault: true }))
    .description('list what waits, or waited, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(approvalStates).default('waiting'))
    .addHelpText('after', `\nExamples:\n  mra approvals\n  mra approvals list --state approved\n${API_HELP}`)
    .action((options: OutputOptions & { state: string }) => explainFailure(() => list(options)));

  for (const act of Object.keys(acts) as (keyof typeof acts)[]) {
    approvals
      .command(act)
      .description(acts[act])
      .argument('<id>', 'as list shows it')
      .addHelpText('after', `\nExample:\n  mra approvals ${act} 019a…\n${API_HELP}`)
      .action((id: string) =>
        explainFailure(async () => {
          const answer = await openOperatorApi().post(
            `/v1/ops/approvals/${encodeURIComponent(id)}/${act}`,
            {},
          );
          console.log(`${String(answer.summary)} It ${done[act]}.`);
          if (answer.result !== null) console.log(JSON.stringify(answer.result));
        }),
      );
  }
}

async function list(options: OutputOptions & { state: string }): Promise<void> {
  const { items, next } = await openOperatorApi().get<{ items: Approval[]; next: string | null }>(
    `/v1/ops/approvals?state=${options.state}&limit=100`,
  );
  printRows(
    items,
    [
      { title: 'STATE', of: ({ state }) => state },
      { title: 'ACT', of: ({ kind }) => kind },
      { title: 'ASKED BY', of: ({ requestedBy }) => requestedBy },
      { title: 'UNTIL', of: ({ expiresAt }) => String(expiresAt) },
      { title: 'WHAT', of: ({ summary }) => summary },
      { title: 'REASON', of: ({ reason }) => reason },
      { title: 'ID', of: ({ id }) => id },
    ],
    options,
    `No act is ${options.state}.`,
  );
  noteMore(next);
}
