import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config/config.ts';
import { startGateway } from '../gateway.ts';
import { createLog } from '../http/create-log.ts';
import { explainFailure } from './explain-failure.ts';

/** The batch in hand is finished and answered in this time: a request to the partner takes 6 s at most. */
const STOP_MS = 10_000;
/** The embedded database writes what it holds in memory before it ends. */
const EMBEDDED_STOP_MS = 60_000;

const HELP = `
Exit codes: 0 stopped in order; 1 could not start, or was cut off while it stopped (what was in hand is repaired as
after a kill); 2 the command line is wrong. SIGTERM and Ctrl-C stop it; the second one cuts it off at once.

Example:
  mra serve --config /etc/mra/mra.config.json`;

/**
 * `mra serve`: runs the gateway until it is told to stop.
 *
 * @param exit ends the process although work is under way
 */
export function addServeCommand(program: Command, exit: (code: number) => void): void {
  program
    .command('serve')
    .description('run the gateway; SIGTERM or Ctrl-C stops it in order')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .addHelpText('after', HELP)
    .action((_options, command: Command) =>
      explainFailure(() => serve(command.optsWithGlobals<{ config?: string }>(), exit)),
    );
}

async function serve(options: { config?: string }, exit: (code: number) => void): Promise<void> {
  const config = await loadConfig({ file: options.config });
  const log = createLog(config.log.level);
  // Listening before the start, so that a stop during it is heard.
  const stop = signalled();
  const gateway = await startGateway(config, log);
  await stop;
  log.info('stopping');
  const reason = await Promise.race([
    gateway[Symbol.asyncDispose]().then(() => undefined),
    delay(stopMs(config), 'work was still under way', { ref: false }),
    signalled().then(() => 'it was told to stop twice'),
  ]);
  if (reason === undefined) log.info('stopped');
  else log.error(`cut off: ${reason}`);
  // Also in order: a handle that a library forgot would keep the process.
  exit(reason === undefined ? 0 : 1);
}

function signalled(): Promise<unknown> {
  return Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
}

function stopMs({ database }: Config): number {
  return database.url === undefined ? STOP_MS + EMBEDDED_STOP_MS : STOP_MS;
}
