import type { Command } from 'commander';
import { pingPartner } from '../delivery/ping-partner.ts';
import { readActiveSigner } from '../keys/active-signer.ts';
import { explainFailure } from './explain-failure.ts';
import { addCompareCommand } from './link-compare.ts';
import { addListCommand } from './link-list.ts';
import { addRecoverCommand } from './link-recover.ts';
import { addSteerCommands } from './link-steer.ts';
import { type LinkOptions, useLink } from './use-link.ts';

/** `mra link`: what an operator does with a link from the command line. */
export function addLinkCommand(program: Command): void {
  const link = program
    .command('link')
    .description('show links; ping a partner, compare with it, pause and resume, recover after a restore')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)');

  link
    .command('ping')
    .description('ask whether the partner is there and takes our word for ours. Exit 1 if not')
    .argument('[link]', 'id of the link; may be left out where there is one')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra link ping us-cbp')
    .action((id: string | undefined, _options, command: Command) =>
      explainFailure(() => ping(id, command.optsWithGlobals<LinkOptions>())),
    );
  addListCommand(link);
  addCompareCommand(link);
  addRecoverCommand(link);
  addSteerCommands(link);
}

async function ping(id: string | undefined, options: LinkOptions): Promise<void> {
  await useLink(id, options, async ({ database, keyRing, issuer }, link, connection) => {
    const signer = await database.transaction((tx) => readActiveSigner(tx, keyRing));
    const pinged = await pingPartner(link, connection, issuer, signer);
    if (options.json) console.log(JSON.stringify({ link: link.id, ...pinged }));
    else if (pinged.ok) {
      const { roundTripMs, skewMs, edition } = pinged;
      console.log(
        `${link.id}: answered in ${roundTripMs} ms, clock ${skewMs} ms from ours, contract edition ${edition}`,
      );
    } else console.log(`${link.id}: ${pinged.error}`);
    if (!pinged.ok) process.exitCode = 1;
  });
}
