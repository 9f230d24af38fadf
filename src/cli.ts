import { Command } from 'commander';
import { addAccessCommand } from './commands/access.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addBackupCommand } from './commands/backup.ts';
import { addStreamsCommand, addWebhooksCommand } from './commands/consumers.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addEraseCommand } from './commands/erase.ts';
import { addExportCommand } from './commands/export.ts';
import { addImportCommand } from './commands/import.ts';
import { addKeysCommand } from './commands/keys.ts';
import { addLinkCommand } from './commands/link.ts';
import { addMessageCommand } from './commands/message-check.ts';
import { addMessagesCommand } from './commands/messages.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addQuarantineCommand } from './commands/quarantine.ts';
import { addReconcileCommand } from './commands/reconcile.ts';
import { addRestoreCommand } from './commands/restore.ts';
import { addRetentionCommand } from './commands/retention.ts';
import { addServeCommand } from './commands/serve.ts';

/** Exit codes: 0 done; 1 what was asked for failed or was found wrong; 2 the command line is wrong. */
const USAGE = 2;

const program = new Command('mra')
  .description(
    'The gateway through which customs administrations tell each other which enterprises they trust.',
  )
  .version('0.1.0')
  .showHelpAfterError('(mra help shows the commands)')
  .addHelpText(
    'after',
    '\nExit codes: 0 done; 1 found wrong or failed; 2 the command line is wrong. Each command has a --help of its own.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));

addServeCommand(program, (code) => process.exit(code));
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

await program.parseAsync();
