import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { type Purpose, purposes } from '../access/purposes.ts';
import { ReadLog } from '../access/record-reads.ts';
import { appendEntries } from '../audit/append-entries.ts';
import { BulkError } from '../bulk/bulk-error.ts';
import { exportRegister, type Shelf } from '../bulk/export-register.ts';
import { loadConfig } from '../config/config.ts';
import type { Party } from '../contract/party.ts';
import { createLog } from '../http/create-log.ts';
import { Problem } from '../http/problem.ts';
import { openLinks } from '../links/open-links.ts';
import { type ReadTime, readTimeOf, type TimeQuery } from '../register/read-time.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { explainFailure } from './explain-failure.ts';
import { nameLink } from './name-link.ts';

interface ExportCommandOptions extends TimeQuery {
  config?: string;
  party?: Party;
  link?: string;
  purpose?: Purpose;
  bom?: boolean;
  delimiter?: string;
  json?: boolean;
}

/** `mra export`: a register as a file. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write the records of a register to a file')
    .argument('<file>', '.csv, .xlsx or .ndjson')
    .addOption(new Option('--party <party>', 'whose enterprises (default: both)').choices(['CN', 'US']))
    .option('--link <id>', 'id of the link; may be left out where there is one')
    .option('--on <date>', 'what was in force on this day')
    .option('--as-of <instant>', 'what was known then')
    .addOption(new Option('--purpose <purpose>', "what the partner's data are read for").choices(purposes))
    .option('--bom', 'begin CSV with the mark by which Excel knows UTF-8')
    .option('--delimiter <character>', 'between the cells of CSV (default: a comma)')
    .option('--json', 'the result as JSON')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .addHelpText('after', '\nExample:\n  mra export partner.csv --party US --purpose programme-review --bom')
    .action((file: string, _options, command: Command) =>
      explainFailure(() => run(file, command.optsWithGlobals<ExportCommandOptions>())),
    );
}

async function run(file: string, options: ExportCommandOptions): Promise<void> {
  const config = await loadConfig({ file: options.config });
  const link = nameLink(await openLinks(config.links), options.link);
  const parties = options.party ? [options.party] : [config.party, link.partner];
  const { purpose } = options;
  if (parties.includes(link.partner) && purpose === undefined)
    throw new BulkError(
      'purpose-missing',
      `Say with --purpose what the partner's data are for: ${purposes.join(', ')}.`,
    );
  const time = timeOf(options);
  const log = createLog('warn', process.stderr);
  await using store = await openStore(storeConfig(config), log);
  await using reads = new ReadLog(store.database, appendEntries, { log });
  const principal = `cli:${userInfo().username}`;
  const records = await exportRegister(
    store.database,
    parties.map((party): Shelf => ({ link: link.id, party })),
    file,
    {
      time,
      ...(options.bom ? { bom: true } : {}),
      ...(options.delimiter === undefined ? {} : { delimiter: options.delimiter }),
      async onWritten({ party }, ids) {
        if (party === config.party || purpose === undefined || ids.length === 0) return;
        reads.record({ principal, purpose, what: 'export', ids });
        await reads.flush();
      },
    },
  );
  if (options.json) console.log(JSON.stringify({ file, records }));
  else console.log(`${records} records written to ${file}.`);
}

function timeOf({ on, asOf }: TimeQuery): ReadTime {
  try {
    return readTimeOf({ ...(on === undefined ? {} : { on }), ...(asOf === undefined ? {} : { asOf }) });
  } catch (error) {
    if (error instanceof Problem) throw new BulkError('time-wrong', error.detail ?? error.message);
    throw error;
  }
}
