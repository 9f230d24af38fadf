import { once } from 'node:events';
import type { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { startGateway } from '../gateway.ts';
import { createLog } from '../http/create-log.ts';
import { explainFailure } from './explain-failure.ts';

/** `mra serve`: runs the gateway until it is told to stop. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description(
      'run the gateway; SIGTERM or Ctrl-C stops it in order, SIGHUP reads keys and certificates again',
    )
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .action((_options, command: Command) =>
      explainFailure(() => serve(command.optsWithGlobals<{ config?: string }>())),
    );
}

async function serve(options: { config?: string }): Promise<void> {
  const config = await loadConfig({ file: options.config });
  const log = createLog(config.log.level);
  // Listening before the start, so that a stop during it is heard.
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await using gateway = await startGateway(config, log);
  process.on('SIGHUP', () => void gateway.reload());
  await stop;
  log.info('stopping');
}
