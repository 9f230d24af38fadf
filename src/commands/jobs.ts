import { type Command, Option } from 'commander';
import { type Job, jobStates } from '../operations/jobs/job.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { noteMore, type OutputOptions, printRows, withOutput } from './print-rows.ts';

/** `mra jobs`: acts on many messages, how far they are, and their end. */
export function addJobsCommand(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('show and cancel what mra retry and mra withdraw have begun');

  withOutput(jobs.command('list', { isDefault: true }))
    .description('list them, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(jobStates))
    .addHelpText('after', `\nExamples:\n  mra jobs\n  mra jobs list --state running\n${API_HELP}`)
    .action((options: OutputOptions & { state?: string }) => explainFailure(() => list(options)));

  jobs
    .command('show')
    .description('show one, with what could not be done and why')
    .argument('<id>', 'as list shows it')
    .addHelpText('after', `\nExample:\n  mra jobs show 019a…\n${API_HELP}`)
    .action((id: string) =>
      explainFailure(async () => {
        const job = await openOperatorApi().get(`/v1/ops/jobs/${encodeURIComponent(id)}`);
        console.log(JSON.stringify(job, null, 2));
      }),
    );

  jobs
    .command('cancel')
    .description('end one where it stands; what is done stays done')
    .argument('<id>', 'as list shows it')
    .option('--reason <text>', 'for the audit log')
    .addHelpText(
      'after',
      `\nExample:\n  mra jobs cancel 019a… --reason 'the partner asks to wait'\n${API_HELP}`,
    )
    .action((id: string, { reason }: { reason?: string }) =>
      explainFailure(async () => {
        const body = reason === undefined ? {} : { reason };
        const job = await openOperatorApi().post(`/v1/ops/jobs/${encodeURIComponent(id)}/cancel`, body);
        console.log(
          `${String(job.id)}: ${String(job.state)}, ${String(job.done)} of ${String(job.total)} done.`,
        );
      }),
    );
}

async function list(options: OutputOptions & { state?: string }): Promise<void> {
  const query = new URLSearchParams({ limit: '100', ...(options.state ? { state: options.state } : {}) });
  const { items, next } = await openOperatorApi().get<{ items: Job[]; next: string | null }>(
    `/v1/ops/jobs?${query}`,
  );
  printRows(
    items,
    [
      { title: 'STATE', of: ({ state }) => state },
      { title: 'ACT', of: ({ kind }) => kind },
      { title: 'DONE', of: ({ done }) => done, right: true },
      { title: 'FAILED', of: ({ failed }) => failed, right: true },
      { title: 'OF', of: ({ total }) => total, right: true },
      { title: 'BY', of: ({ by }) => by },
      { title: 'SINCE', of: ({ createdAt }) => String(createdAt) },
      { title: 'REASON', of: ({ reason }) => reason },
      { title: 'ID', of: ({ id }) => id },
    ],
    options,
    'There is no job.',
  );
  noteMore(next);
}
