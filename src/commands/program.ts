import { Command } from 'commander';
import { addAccessCommand } from './access.ts';
import { addJobCommands } from './act-by-job.ts';
import { addAlertsCommand } from './alerts.ts';
import { addApprovalsCommand } from './approvals.ts';
import { addAuditCommand } from './audit.ts';
import { addBackupCommand } from './backup.ts';
import { addCompletionCommand } from './completion.ts';
import { addStreamsCommand, addWebhooksCommand } from './consumers.ts';
import { addDemoCommand } from './demo.ts';
import { addEraseCommand } from './erase.ts';
import { exitCodes } from './exit-codes.ts';
import { addExportCommand } from './export.ts';
import { addImportCommand } from './import.ts';
import { addJobsCommand } from './jobs.ts';
import { addKeysCommand } from './keys.ts';
import { addLanesCommand } from './lanes.ts';
import { addLinkCommand } from './link.ts';
import { addMessageCommand } from './message-check.ts';
import { addMessagesCommand } from './messages.ts';
import { addMigrateCommand } from './migrate.ts';
import { addNotesCommand } from './notes.ts';
import { addQuarantineCommand } from './quarantine.ts';
import { addReconcileCommand } from './reconcile.ts';
import { addRestoreCommand } from './restore.ts';
import { addRetentionCommand } from './retention.ts';
import { addServeCommand } from './serve.ts';
import { addStatusCommand } from './status.ts';
import { addWatchCommand } from './watch.ts';

/** Every command of `mra`. @param exit ends the process */
export function buildProgram(exit: (code: number) => never): Command {
  const program = new Command('mra')
    .description(
      'The gateway through which customs administrations tell each other which enterprises they trust.',
    )
    .version('0.1.0')
    .showHelpAfterError('(mra help shows the commands)')
    .addHelpText(
      'after',
      `
Exit codes: 0 done; 1 found wrong, or not done; 2 the command line is wrong; 3 (mra status) an alert stands; 4 no gateway
answers, or it has no time now; 5 not allowed. Each command has a --help with examples.

Examples:
  mra serve --config /etc/mra/mra.config.json
  mra status
  mra messages find --state parked
  source <(mra completion bash)`,
    )
    .exitOverride((error) => exit(error.exitCode === 0 ? 0 : exitCodes.usage));
  addServeCommand(program, exit);
  addDemoCommand(program);
  addMessageCommand(program);
  addMessagesCommand(program);
  addQuarantineCommand(program);
  addStreamsCommand(program);
  addWebhooksCommand(program);
  addKeysCommand(program);
  addAccessCommand(program);
  addLinkCommand(program);
  addReconcileCommand(program);
  addAuditCommand(program);
  addEraseCommand(program);
  addMigrateCommand(program);
  addImportCommand(program);
  addExportCommand(program);
  addBackupCommand(program);
  addRestoreCommand(program);
  addRetentionCommand(program);
  addStatusCommand(program);
  addLanesCommand(program);
  addAlertsCommand(program);
  addNotesCommand(program);
  addJobCommands(program);
  addJobsCommand(program);
  addApprovalsCommand(program);
  addWatchCommand(program);
  addCompletionCommand(program);
  return program;
}
