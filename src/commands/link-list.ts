import type { Command } from 'commander';
import type { LinkOverview } from '../operations/overview/read-overview.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { ageOf, type Column, type OutputOptions, printRows, withOutput } from './print-rows.ts';

/** `mra link list`: each link as two directions, by a running gateway. */
export function addListCommand(link: Command): void {
  withOutput(link.command('list', { isDefault: true }))
    .description('show each link: what waits, what comes, receipts, clock, witness')
    .addHelpText('after', `\nExamples:\n  mra link\n  mra link list --json | jq '.out.waiting'\n${API_HELP}`)
    .action((options: OutputOptions) =>
      explainFailure(async () => {
        const { items } = await openOperatorApi().get<{ items: LinkOverview[] }>('/v1/ops/links');
        printRows(items, linkColumns, options, 'The configuration names no link.');
      }),
    );
}

export const linkColumns: readonly Column<LinkOverview>[] = [
  { title: 'LINK', of: ({ id }) => id },
  { title: 'OUT', of: ({ out }) => out.state },
  { title: 'WAITING', of: ({ out }) => out.waiting, right: true },
  { title: 'ELDEST', of: ({ out }) => ageOf(out.oldestSeconds), right: true },
  { title: '/MIN', of: ({ out }) => out.perMinute, right: true },
  { title: 'IN', of: ({ in: incoming }) => incoming.state },
  { title: '/MIN', of: ({ in: incoming }) => incoming.perMinute, right: true },
  { title: 'OVERDUE', of: ({ receiptsOverdue }) => receiptsOverdue, right: true },
  {
    title: 'SKEW',
    of: ({ clockSkewMs }) => (clockSkewMs === null ? null : `${clockSkewMs} ms`),
    right: true,
  },
  { title: 'WITNESS', of: ({ witness }) => witness && `${witness.state} ${ageOf(witness.lagSeconds)}` },
];
