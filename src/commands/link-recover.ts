import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { type Recovery, recoverLink } from '../ledger/recover-link.ts';
import { explainFailure } from './explain-failure.ts';
import { describe as describeComparison } from './link-compare.ts';
import { type LinkOptions, useLink } from './use-link.ts';

/** `mra link recover`: what this side lost when it was restored comes back from the partner. */
export function addRecoverCommand(link: Command): void {
  link
    .command('recover')
    .description(
      'after a restore: take our messages that we lost back from the partner. Exit 1 if it is not done',
    )
    .argument('[link]', 'id of the link; may be left out where there is one')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra link recover us-cbp')
    .action((id: string | undefined, _options, command: Command) =>
      explainFailure(() => recover(id, command.optsWithGlobals<LinkOptions>())),
    );
}

async function recover(id: string | undefined, options: LinkOptions): Promise<void> {
  await useLink(id, options, async (parts, link, connection) => {
    const recovery = await recoverLink(parts, link, connection, `${userInfo().username} (mra link recover)`);
    console.log(options.json ? JSON.stringify(recovery) : describe(recovery));
    if (recovery.comparison.unknown > 0) process.exitCode = 1;
  });
}

function describe(recovery: Recovery): string {
  const { link, putBack, erased, acceptedAgain, notAcceptedAgain, voided, lost, comparison } = recovery;
  const lines = [
    `${link}: ${putBack} messages of ours put back, ${acceptedAgain} pending ones accepted again as new ones.`,
  ];
  if (erased.length > 0)
    lines.push(`Erased at the partner, only id and hash came back: ${erased.join(', ')}.`);
  for (const { id, subject, detail } of notAcceptedAgain) {
    lines.push(`Not accepted again, its back end has to decide: ${id} about ${subject}: ${detail}`);
  }
  for (const { subject, version } of voided) {
    lines.push(`Lost before it was delivered: version ${version} of ${subject}. Submit it again.`);
  }
  if (lost) {
    lines.push(
      `What was accepted from ${lost.since.toISOString()} to ${lost.until.toISOString()} and never delivered cannot come back: back ends have to submit it again.`,
    );
  }
  lines.push(describeComparison(comparison));
  return lines.join('\n');
}
