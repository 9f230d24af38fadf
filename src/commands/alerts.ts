import type { Command } from 'commander';
import type { HandledAlert } from '../operations/alerts/handle-alert.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { type OutputOptions, printRows, wantsTable, withOutput } from './print-rows.ts';
import { alertLines } from './status.ts';

/** `mra alerts`: what stands, and what an operator says of it. */
export function addAlertsCommand(program: Command): void {
  const alerts = program.command('alerts').description('show alerts; acknowledge, mute and note on them');

  withOutput(alerts.command('list', { isDefault: true }))
    .description('show what stands, the most severe first')
    .option('--link <link>', 'id of the link')
    .addHelpText('after', `\nExample:\n  mra alerts list --link us-cbp\n${API_HELP}`)
    .action((options: OutputOptions & { link?: string }) =>
      explainFailure(async () => {
        const query = options.link === undefined ? '' : `?link=${encodeURIComponent(options.link)}`;
        const { items } = await openOperatorApi().get<{ items: HandledAlert[] }>(`/v1/ops/alerts${query}`);
        if (wantsTable(options) && items.length > 0) console.log(items.map(alertLines).join('\n'));
        else printRows(items, [], options, 'No alert stands.');
      }),
    );

  const act = (name: string, description: string, example: string): Command =>
    alerts
      .command(name)
      .description(description)
      .argument('<id>', 'as mra alerts shows it')
      .addHelpText('after', `\nExample:\n  mra alerts ${example}\n${API_HELP}`);
  const post = (id: string, name: string, body: object): Promise<void> =>
    explainFailure(async () => {
      const alert = await openOperatorApi().post(`/v1/ops/alerts/${encodeURIComponent(id)}/${name}`, body);
      console.log(`${String(alert.id)}: ${String(alert.state)}`);
    });

  act('acknowledge', 'say that you work on it', "acknowledge link-halted.Xy1 --note 'called their shift'")
    .option('--note <text>', 'for the next shift')
    .action((id: string, { note }: { note?: string }) =>
      post(id, 'acknowledge', note === undefined ? {} : { note }),
    );
  act(
    'mute',
    'tell nobody of it until then',
    "mute lane-paused.Xy1 --until 2026-11-25T06:00:00Z --reason 'maintenance'",
  )
    .requiredOption('--until <instant>', 'within the next seven days')
    .requiredOption('--reason <text>', 'for the audit log')
    .action((id: string, { until, reason }: { until: string; reason: string }) =>
      post(id, 'mute', { until, reason }),
    );
  act('unmute', 'tell of it again', 'unmute lane-paused.Xy1').action((id: string) => post(id, 'unmute', {}));
  act('note', 'leave a note for the next shift', "note lane-paused.Xy1 --text 'they call back at noon'")
    .requiredOption('--text <text>', 'what it says')
    .action((id: string, { text }: { text: string }) => post(id, 'note', { text }));
}
