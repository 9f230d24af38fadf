import type { Command } from 'commander';
import type { HandledAlert } from '../operations/alerts/handle-alert.ts';
import type { Job } from '../operations/jobs/job.ts';
import type { LaneOverview } from '../operations/lanes/read-lanes.ts';
import type { LinkOverview } from '../operations/overview/read-overview.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { ageOf, type OutputOptions, wantsTable, withOutput } from './print-rows.ts';

/** `mra watch`: what changes, line by line, until it is ended. */
export function addWatchCommand(program: Command): void {
  withOutput(program.command('watch'))
    .description('print what changes: traffic, lanes, alerts, jobs')
    .option('--alerts', 'only alerts')
    .option('--once', 'end after the state as it is now')
    .addHelpText(
      'after',
      `\nExamples:\n  mra watch\n  mra watch --alerts --json | while read -r line; do …; done\n${API_HELP}`,
    )
    .action((options: OutputOptions & { alerts?: boolean; once?: boolean }) =>
      explainFailure(() => watch(options)),
    );
}

async function watch(options: OutputOptions & { alerts?: boolean; once?: boolean }): Promise<void> {
  const api = openOperatorApi();
  for (;;) {
    for await (const { event, data } of api.events('/v1/ops/events')) {
      if (options.alerts && !event.startsWith('alert-')) continue;
      console.log(
        wantsTable(options) ? lineOf(event, data) : JSON.stringify({ event, data: JSON.parse(data) }),
      );
      if (options.once) return;
    }
    // A stream ends after ten minutes, and when its process stops: another one goes on.
  }
}

function lineOf(event: string, data: string): string {
  const time = new Date().toISOString().slice(11, 19);
  return `${time}  ${wordsOf(event, JSON.parse(data))}`;
}

function wordsOf(event: string, data: unknown): string {
  switch (event) {
    case 'overview': {
      const { links } = data as { links: LinkOverview[] };
      return links
        .map(({ id, out, in: incoming }) => {
          const eldest = out.oldestSeconds === null ? '' : `, eldest ${ageOf(out.oldestSeconds)}`;
          return `${id}: ${out.state}, ${out.waiting} waiting${eldest}, ${out.perMinute}/min out, ${incoming.perMinute}/min in`;
        })
        .join('; ');
    }
    case 'lane': {
      const { link, lane, state, pending, why } = data as LaneOverview;
      return `lane ${link} ${lane}: ${state}, ${pending} waiting; ${why.en}`;
    }
    case 'job': {
      const { id, kind, state, done, failed, total } = data as Job;
      return `job ${id} ${kind}: ${state}, ${done + failed} of ${total}`;
    }
    case 'alert-raised': {
      const { severity, text, state } = data as HandledAlert;
      return `ALERT ${severity} (${state}): ${text.en}`;
    }
    default: {
      const { code, link } = data as { code: string; link: string | null };
      return `alert over: ${code} ${link ?? ''}`;
    }
  }
}
