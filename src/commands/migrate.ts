import type { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { createLog } from '../http/create-log.ts';
import { StoreError } from '../store/errors.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';

/** `mra migrate`: brings the database to this program's schema, as every start does. */
export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the schema of this program (every start does so by itself)')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .action((_options, command: Command) => migrateStore(command.optsWithGlobals<{ config?: string }>()));
}

async function migrateStore(options: { config?: string }): Promise<void> {
  try {
    const config = await loadConfig({ file: options.config, keyFiles: 'optional' });
    await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
    console.log(
      store.applied.length === 0 ? 'The schema is current.' : `Applied ${store.applied.join(', ')}.`,
    );
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof StoreError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
