import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { eraseEnterprise } from '../erasure/erase-enterprise.ts';
import { createLog } from '../http/create-log.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { explainFailure } from './explain-failure.ts';

interface EraseOptions {
  config?: string;
  reason?: string;
  json?: boolean;
}

/** `mra erase`: the data of one enterprise, on this side. */
export function addEraseCommand(program: Command): void {
  program
    .command('erase')
    .description('erase what is on record of one enterprise here; proofs of the audit log stay valid')
    .argument('<enterprise>', 'its id, such as CN4403960A1B; also the id of a validation')
    .requiredOption('--reason <text>', 'why: stands in the audit log and in the list of erasures')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nThe partner erases on its side with the same command. A restored backup is erased again.' +
        '\n\nExample:\n  mra erase CN4403960A1B --reason "court order 12/2026"',
    )
    .action((subject: string, _options, command: Command) =>
      explainFailure(() => erase(subject, command.optsWithGlobals<EraseOptions>())),
    );
}

async function erase(subject: string, options: EraseOptions): Promise<void> {
  const config = await loadConfig({ file: options.config, keyFiles: 'optional' });
  await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
  const erasure = { subject, at: new Date(), reason: options.reason ?? '', by: `cli:${userInfo().username}` };
  const erased = await eraseEnterprise(store.database, config.erasureList, erasure);
  if (options.json) console.log(JSON.stringify({ subject, at: erasure.at, ...erased }));
  else {
    const { messages, contents } = erased;
    console.log(
      `${subject}: ${messages} messages and the content of ${contents} entries of the audit log are erased.`,
    );
    console.log(`It stands in ${config.erasureList}, by which a restored backup is erased again.`);
  }
}
