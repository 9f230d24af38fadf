import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { createLog } from '../http/create-log.ts';
import { takeBackup } from '../store/backup/take-backup.ts';
import { explainFailure } from './explain-failure.ts';
import { ownServerNote } from './own-server-note.ts';

interface BackupCommandOptions {
  config?: string;
  json?: boolean;
}

/** `mra backup`: a consistent copy of the embedded database, while it works. */
export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description(
      'copy the embedded database into a folder while it works; keys and configuration are not in it',
    )
    .argument(
      '<folder>',
      'where to; it must not exist, or be empty. It will hold all data: keep it as safe as them',
    )
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra backup /backup/mra/2026-11-24')
    .action((folder: string, _options, command: Command) =>
      explainFailure(() => backup(resolve(folder), command.optsWithGlobals<BackupCommandOptions>())),
    );
}

async function backup(folder: string, options: BackupCommandOptions): Promise<void> {
  const config = await loadConfig({ file: options.config, keyFiles: 'optional' });
  if (config.database.url) {
    console.error(
      ownServerNote('Back it up with your own tools (pg_basebackup, pgBackRest, snapshots with WAL)'),
    );
    process.exitCode = 1;
    return;
  }
  const manifest = await takeBackup(config.dataDir, folder, { log: createLog('warn', process.stderr) });
  const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  const ms = Date.parse(manifest.endedAt) - Date.parse(manifest.startedAt);
  const { endedAt, stopLsn, incarnation } = manifest;
  if (options.json) console.log(JSON.stringify({ folder, bytes, ms, endedAt, stopLsn, incarnation }));
  else {
    const megabytes = Math.round(bytes / 1_000_000);
    console.log(
      `Backed up to ${folder}: ${megabytes} MB in ${(ms / 1000).toFixed(1)} s; it holds all that was confirmed by ${endedAt}.`,
    );
  }
}
