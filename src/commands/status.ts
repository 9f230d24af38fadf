import type { Command } from 'commander';
import type { HandledAlert } from '../operations/alerts/handle-alert.ts';
import type { AlertCounts } from '../operations/alerts/routes.ts';
import type { LinkOverview } from '../operations/overview/read-overview.ts';
import { exitCodes } from './exit-codes.ts';
import { explainFailure } from './explain-failure.ts';
import { linkColumns } from './link-list.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { type OutputOptions, tableOf, wantsTable, withOutput } from './print-rows.ts';

interface Overview {
  party: string;
  at: string;
  links: LinkOverview[];
  deadLetters: { parked: number; refused: number };
  quarantined: number;
  alerts: AlertCounts;
  jobs: { running: number };
  approvals: { waiting: number };
}

/** `mra status`: is anything wrong, what waits because of it, what to do. */
export function addStatusCommand(program: Command): void {
  withOutput(program.command('status'))
    .description('is anything wrong? Exit 3 while an alert stands that nobody has acknowledged')
    .addHelpText(
      'after',
      `\nExamples:\n  mra status\n  mra status --json | jq '.overview.links[].out.state'\n  mra status >/dev/null || page-somebody\n${API_HELP}`,
    )
    .action((options: OutputOptions) => explainFailure(() => show(options)));
}

async function show(options: OutputOptions): Promise<void> {
  const api = openOperatorApi();
  const overview = await api.get<Overview>('/v1/ops/overview');
  const { items: alerts } = await api.get<{ items: HandledAlert[] }>('/v1/ops/alerts');
  if (alerts.some(({ state }) => state === 'open')) process.exitCode = exitCodes.alertStands;
  if (!wantsTable(options)) {
    console.log(JSON.stringify({ overview, alerts }));
    return;
  }
  console.log(tableOf(overview.links, linkColumns));
  const { parked, refused } = overview.deadLetters;
  console.log(
    `\nWaiting for people: ${parked} parked, ${refused} refused, ${overview.quarantined} in quarantine, ${overview.approvals.waiting} approvals; ${overview.jobs.running} jobs run.`,
  );
  console.log(alerts.length === 0 ? 'No alert stands.' : `\n${alerts.map(alertLines).join('\n')}`);
}

export function alertLines({ severity, state, since, text, action, id }: HandledAlert): string {
  const mark = state === 'open' ? severity.toUpperCase() : `${severity} (${state})`;
  return `${mark}  since ${String(since)}  ${text.en}\n    ${action.en}\n    ${id}`;
}
