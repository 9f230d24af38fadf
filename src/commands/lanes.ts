import type { Command } from 'commander';
import type { LaneOverview } from '../operations/lanes/read-lanes.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { ageOf, type OutputOptions, printRows, withOutput } from './print-rows.ts';

const acts = {
  pause: 'send nothing of a lane until it is resumed',
  resume: 'let a paused lane go on',
  trigger: 'try a lane that waits at once',
} as const;

const done = { pause: 'paused', resume: 'resumed', trigger: 'triggered' } as const;

/** `mra lanes`: what waits in them and why, and what an operator does about it. */
export function addLanesCommand(program: Command): void {
  const lanes = program.command('lanes').description('show lanes; pause, resume and trigger them');

  withOutput(lanes.command('list', { isDefault: true }))
    .description('show what waits in each lane, and why')
    .option('--link <link>', 'id of the link')
    .option('--all', 'with those in which nothing waits')
    .addHelpText('after', `\nExamples:\n  mra lanes\n  mra lanes list --link us-cbp --all\n${API_HELP}`)
    .action((options: OutputOptions & { link?: string; all?: boolean }) =>
      explainFailure(() => list(options)),
    );

  for (const act of Object.keys(acts) as (keyof typeof acts)[]) {
    lanes
      .command(act)
      .description(acts[act])
      .argument('<link>', 'id of the link')
      .argument('<lane>', 'as mra lanes shows it')
      .option('--reason <text>', 'for the audit log')
      .addHelpText(
        'after',
        `\nExample:\n  mra lanes ${act} us-cbp 3 --reason 'their maintenance is over'\n${API_HELP}`,
      )
      .action((link: string, lane: string, { reason }: { reason?: string }) =>
        explainFailure(async () => {
          const path = `/v1/ops/lanes/${encodeURIComponent(link)}/${encodeURIComponent(lane)}/${act}`;
          await openOperatorApi().post(path, reason === undefined ? {} : { reason });
          console.log(`Lane ${lane} of ${link} is ${done[act]}.`);
        }),
      );
  }
}

async function list(options: OutputOptions & { link?: string; all?: boolean }): Promise<void> {
  const query = options.link === undefined ? '' : `?link=${encodeURIComponent(options.link)}`;
  const { items } = await openOperatorApi().get<{ items: LaneOverview[] }>(`/v1/ops/lanes${query}`);
  const shown = items.filter(({ pending, state }) => options.all || pending > 0 || state === 'paused');
  printRows(
    shown,
    [
      { title: 'LINK', of: ({ link }) => link },
      { title: 'LANE', of: ({ lane }) => lane },
      { title: 'STATE', of: ({ state }) => state },
      { title: 'WAITING', of: ({ pending }) => pending, right: true },
      { title: 'ELDEST', of: ({ oldestSeconds }) => ageOf(oldestSeconds), right: true },
      { title: 'WHY', of: ({ why }) => why.en },
    ],
    options,
    options.all ? 'There is no lane.' : 'Nothing waits in any lane. --all shows every lane.',
  );
}
