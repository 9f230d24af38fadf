import type { Command } from 'commander';
import { type Comparison, compareLink } from '../ledger/compare-link.ts';
import { explainFailure } from './explain-failure.ts';
import { type LinkOptions, useLink } from './use-link.ts';

/** `mra link compare`: do both sides hold the same messages? */
export function addCompareCommand(link: Command): void {
  link
    .command('compare')
    .description(
      'compare our messages with what the partner holds, and repair what differs. Exit 1 if it stays',
    )
    .argument('[link]', 'id of the link; may be left out where there is one')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra link compare us-cbp')
    .action((id: string | undefined, _options, command: Command) =>
      explainFailure(() => compare(id, command.optsWithGlobals<LinkOptions>())),
    );
}

async function compare(id: string | undefined, options: LinkOptions): Promise<void> {
  await useLink(id, options, async (parts, link, connection) => {
    const comparison = await compareLink(parts, link, connection, {
      reason: 'demand',
      all: true,
      open: true,
    });
    console.log(options.json ? JSON.stringify(comparison) : describe(comparison));
    if (comparison.outcome === 'sender-restored' || comparison.outcome === 'conflict') process.exitCode = 1;
  });
}

/** @returns sentences for an operator */
export function describe(comparison: Comparison): string {
  const { link, since, until, messages, differingHours, answersRecorded, sentAgain, putBack } = comparison;
  const span = `${since.toISOString()} to ${until.toISOString()}`;
  const lines = [`${link}: compared ${span}; the same ${messages} messages in the hours that are equal.`];
  if (comparison.outcome === 'equal') return lines.join('\n');
  lines.push(
    `${differingHours} hours differed: ${answersRecorded} lost answers recorded, ${sentAgain} messages to be sent again, ${putBack} of our gateway's own put back.`,
  );
  if (comparison.erased.length > 0)
    lines.push(`The partner lacks messages that are erased here: ${comparison.erased.join(', ')}.`);
  if (comparison.conflicting.length > 0)
    lines.push(`Other bytes under the same id, so the link is halted: ${comparison.conflicting.join(', ')}.`);
  if (comparison.unknown > 0)
    lines.push(
      `${comparison.unknown} messages of ours are there and not here: this database was restored. Run mra link recover ${link}.`,
    );
  return lines.join('\n');
}
