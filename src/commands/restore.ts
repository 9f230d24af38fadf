import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config/config.ts';
import { createLog } from '../http/create-log.ts';
import { markRestored } from '../ledger/mark-restored.ts';
import { type BackupManifest, readManifest } from '../store/backup/manifest.ts';
import { restoreBackup } from '../store/backup/restore-backup.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { explainFailure } from './explain-failure.ts';
import { ownServerNote } from './own-server-note.ts';

interface RestoreCommandOptions {
  config?: string;
  mark?: boolean;
  takenAt?: string;
  beyondRetention?: boolean;
}

const BY = 'mra restore';

/** `mra restore`: a backup in the place of the embedded database, or a mark that other tools restored one. */
export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('put a backup in the place of the embedded database; the gateway must be stopped')
    .argument('[folder]', 'what mra backup made')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .option('--mark', 'only mark the database as restored: it was, by other tools')
    .option('--taken-at <instant>', 'with --mark: when that backup was taken, e.g. 2026-11-24T06:00:00Z')
    .option('--beyond-retention', 'restore although the backup is older than what the partners can repair')
    .addHelpText(
      'after',
      '\nExamples:\n  mra restore /backup/mra/2026-11-24\n  mra restore --mark --taken-at 2026-11-24T06:00:00Z',
    )
    .action((folder: string | undefined, _options, command: Command) =>
      explainFailure(() => restore(folder, command.optsWithGlobals<RestoreCommandOptions>())),
    );
}

async function restore(folder: string | undefined, options: RestoreCommandOptions): Promise<void> {
  const config = await loadConfig({ file: options.config, keyFiles: 'optional' });
  if (options.mark) return mark(config, options.takenAt);
  const wrong =
    folder === undefined
      ? 'Name the folder of a backup, or --mark.'
      : config.database.url
        ? ownServerNote('Restore it with your own tools and then run mra restore --mark')
        : undefined;
  if (folder === undefined || wrong !== undefined) {
    console.error(wrong);
    process.exitCode = folder === undefined ? 2 : 1;
    return;
  }
  const source = resolve(folder);
  if (!options.beyondRetention && isTooOld(await readManifest(source), config)) {
    process.exitCode = 1;
    return;
  }
  const { manifest, replaced } = await restoreBackup(source, config.dataDir, { finish });
  console.log(`Restored what was confirmed by ${manifest.endedAt}.`);
  if (replaced !== undefined)
    console.log(`What was there is kept in ${replaced}; remove it when all is well.`);
  console.log('Start the gateway: it compares with each partner before it takes messages.');
}

/** A partner repairs what was lost within the link's retention; what is older is refused for its age. */
function isTooOld(manifest: BackupManifest, config: Config): boolean {
  const retentionMs = Math.min(...config.links.map((link) => link.retentionMs));
  const ageMs = Date.now() - Date.parse(manifest.startedAt);
  if (ageMs <= retentionMs) return false;
  const days = (ms: number): number => Math.floor(ms / 86_400_000);
  console.error(
    `The backup is ${days(ageMs)} days old; partners repair what was lost in the last ${days(retentionMs)} days (retentionDays). Restore a younger one, or give --beyond-retention and have the back ends submit everything since ${manifest.startedAt} again.`,
  );
  return true;
}

async function finish(connectionString: string, manifest: BackupManifest): Promise<void> {
  await migrate(connectionString);
  await using database = openDatabase(connectionString, { connectionsMax: 1 });
  await markRestored(database, new Date(manifest.endedAt), BY);
}

async function mark(config: Config, takenAt: string | undefined): Promise<void> {
  const at = takenAt === undefined ? undefined : new Date(takenAt);
  if (at && Number.isNaN(at.getTime())) {
    console.error('--taken-at must be an instant such as 2026-11-24T06:00:00Z.');
    process.exitCode = 2;
    return;
  }
  await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
  await markRestored(store.database, at, BY);
  console.log(
    'Marked as restored. Start the gateway: it compares with each partner before it takes messages.',
  );
}
