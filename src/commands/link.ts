import type { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { pingPartner } from '../delivery/ping-partner.ts';
import { connectPartner } from '../delivery/send-sets.ts';
import { createLog } from '../http/create-log.ts';
import { readActiveSigner } from '../keys/active-signer.ts';
import { loadKeyRing } from '../keys/key-ring.ts';
import { openLinks } from '../links/open-links.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { openTrust } from '../tls/open-trust.ts';
import { explainFailure } from './explain-failure.ts';
import { addCompareCommand } from './link-compare.ts';

interface LinkOptions {
  config?: string;
  json?: boolean;
}

/** `mra link`: what an operator does with a link from the command line. */
export function addLinkCommand(program: Command): void {
  const link = program
    .command('link')
    .description('look at the links to partners')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)');

  link
    .command('ping')
    .description('is the partner there, and does it take our word for ours? Exit 1 if not')
    .argument('[link]', 'id of the link; may be left out where there is one')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra link ping us-cbp')
    .action((id: string | undefined, _options, command: Command) =>
      explainFailure(() => ping(id, command.optsWithGlobals<LinkOptions>())),
    );
  addCompareCommand(link);
}

async function ping(id: string | undefined, options: LinkOptions): Promise<void> {
  const config = await loadConfig({ file: options.config });
  const links = await openLinks(config.links);
  const link = id === undefined && links.size === 1 ? [...links.values()][0] : links.get(id ?? '');
  if (!link) {
    console.error(`Name one of the links: ${[...links.keys()].join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
  await using connection = connectPartner(link, openTrust(config));
  const keyRing = await loadKeyRing(config.keys.private);
  const signer = await store.database.transaction((tx) => readActiveSigner(tx, keyRing));
  const pinged = await pingPartner(link, connection, config.issuer, signer);
  if (options.json) console.log(JSON.stringify({ link: link.id, ...pinged }));
  else if (pinged.ok) {
    const { roundTripMs, skewMs, edition } = pinged;
    console.log(
      `${link.id}: answered in ${roundTripMs} ms, clock ${skewMs} ms from ours, contract edition ${edition}`,
    );
  } else console.log(`${link.id}: ${pinged.error}`);
  if (!pinged.ok) process.exitCode = 1;
}
