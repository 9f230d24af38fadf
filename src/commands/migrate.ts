import type { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { createLog } from '../http/create-log.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { explainFailure } from './explain-failure.ts';

/** `mra migrate`: brings the database to this program's schema, as every start does. */
export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the schema of this program (every start of serve does so by itself)')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .addHelpText('after', '\nExample:\n  mra migrate --config /etc/mra/mra.config.json')
    .action((_options, command: Command) => migrateStore(command.optsWithGlobals<{ config?: string }>()));
}

async function migrateStore(options: { config?: string }): Promise<void> {
  await explainFailure(async () => {
    const config = await loadConfig({ file: options.config, keyFiles: 'optional' });
    await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
    console.log(
      store.applied.length === 0 ? 'The schema is current.' : `Applied ${store.applied.join(', ')}.`,
    );
  });
}
