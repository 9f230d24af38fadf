import type { Command } from 'commander';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';

const acts = {
  pause: 'send nothing on a link until it is resumed',
  resume: 'let a link go on: after a pause, or after the gateway halted it',
} as const;

/** `mra link pause` and `mra link resume`, by a running gateway. */
export function addSteerCommands(link: Command): void {
  for (const act of Object.keys(acts) as (keyof typeof acts)[]) {
    link
      .command(act)
      .description(acts[act])
      .argument('<link>', 'id of the link')
      .option('--reason <text>', 'for the audit log')
      .addHelpText(
        'after',
        `\nExample:\n  mra link ${act} us-cbp --reason 'agreed by telephone'\n${API_HELP}`,
      )
      .action((id: string, { reason }: { reason?: string }) =>
        explainFailure(async () => {
          const body = reason === undefined ? {} : { reason };
          await openOperatorApi().post(`/v1/ops/links/${encodeURIComponent(id)}/${act}`, body);
          console.log(`The link ${id} is ${act}d.`);
        }),
      );
  }
}
