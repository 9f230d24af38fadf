import type { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { createLog } from '../http/create-log.ts';
import { applyRetention, planRetention, type RetentionReport } from '../retention/apply-retention.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { explainFailure } from './explain-failure.ts';

interface RetentionOptions {
  config?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** `mra retention`: removes what is past its time, or says what that would be. */
export function addRetentionCommand(program: Command): void {
  program
    .command('retention')
    .description('remove what is past its time (a running gateway does so every hour)')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra retention --dry-run')
    .action((_options, command: Command) =>
      explainFailure(() => retention(command.optsWithGlobals<RetentionOptions>())),
    );
}

async function retention(options: RetentionOptions): Promise<void> {
  const config = await loadConfig({ file: options.config, keyFiles: 'optional' });
  await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
  const report = options.dryRun
    ? await planRetention(store.database, config, new Date())
    : await applyRetention(store.database, config, 'mra retention', new Date());
  if (options.json) console.log(JSON.stringify({ dryRun: options.dryRun === true, ...report }));
  else console.log(describe(report, options.dryRun === true));
}

function describe({ rows, months }: RetentionReport, dryRun: boolean): string {
  const verb = dryRun ? 'would be removed' : 'removed';
  return [
    ...rows.map(({ what, count, before }) => `${count} ${verb}: ${what} before ${before.toISOString()}`),
    ...months.map(({ month, bytes, inUse }) => {
      const size = `${Math.round(bytes / 1_000_000)} MB`;
      return inUse
        ? `kept: messages of ${month} (${size}), something of it still waits`
        : `${verb}: all messages of ${month} (${size})`;
    }),
  ].join('\n');
}
