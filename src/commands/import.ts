import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { awaitRoom } from '../bulk/await-room.ts';
import { type ImportCounts, importFile, type WrongLine } from '../bulk/import-file.ts';
import { forgetProgress, keepProgress, readProgress } from '../bulk/import-progress.ts';
import { readMapping } from '../bulk/read-mapping.ts';
import { openReport } from '../bulk/write-report.ts';
import { loadConfig } from '../config/config.ts';
import { createLog } from '../http/create-log.ts';
import { activateKeys } from '../keys/activate-keys.ts';
import { loadKeyRing } from '../keys/key-ring.ts';
import { openLinks } from '../links/open-links.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { explainFailure } from './explain-failure.ts';
import { nameLink } from './name-link.ts';

interface ImportCommandOptions {
  config?: string;
  mapping?: string;
  link?: string;
  dryRun?: boolean;
  report?: string;
  restart?: boolean;
  wait: number;
  json?: boolean;
}

/** Of wrong lines, so many are shown; all are in the report. */
const SHOWN_MAX = 10;
const SAY_EVERY_MS = 2_000;
const WAIT_S = 600;

/** `mra import`: a file of records becomes the messages that bring the register to what it says. */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('send the records of a file: only what differs from the register becomes a message')
    .argument('<file>', '.csv, .xlsx or .ndjson, with the columns that mra export writes, or a mapping')
    .option('--mapping <file>', 'says which column of the file is which of ours')
    .option('--link <id>', 'id of the link; may be left out where there is one')
    .option('--dry-run', 'judge every line as if it were sent, and send nothing')
    .option('--report <file>', 'where every wrong line is written (default: FILE.report.csv)')
    .option(
      '--wait <seconds>',
      'how long to wait where as many messages wait for the partner as may (outboxMax)',
      readSeconds,
      WAIT_S,
    )
    .option('--restart', 'from the first line, although an earlier run was broken off')
    .option('--json', 'the result as JSON')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)')
    .addHelpText(
      'after',
      '\nA run that was broken off goes on where it stopped. Exit 1 when a line was wrong; the right ones are sent.' +
        '\nExit 4 when the partner took nothing for so long that no more may wait for it: the same command goes on later.' +
        '\nA running gateway delivers within 10 seconds.\n\nExample:\n  mra import aeo.xlsx --mapping aeo.mapping.json --dry-run',
    )
    .action((file: string, _options, command: Command) =>
      explainFailure(() => run(file, command.optsWithGlobals<ImportCommandOptions>())),
    );
}

async function run(file: string, options: ImportCommandOptions): Promise<void> {
  const config = await loadConfig({ file: options.config });
  const links = await openLinks(config.links);
  const link = nameLink(links, options.link);
  const mapping = options.mapping === undefined ? undefined : await readMapping(options.mapping);
  const before = options.dryRun || options.restart ? undefined : await readProgress(file, link.id);
  const keyRing = await loadKeyRing(config.keys.private);
  await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
  await activateKeys(store.database, keyRing);
  const report = openReport(options.report ?? `${file}.report.csv`, before !== undefined);
  if (before && !options.json) console.error(`Going on after line ${before.line}.`);
  const { party, issuer } = config;
  const principal = `cli:${userInfo().username}`;
  const parts = { database: store.database, party, issuer, keyRing, link, principal, now: () => new Date() };
  let shown = 0;
  const say = progressSayer(options.json ?? false);
  const waitMsMax = options.wait * 1_000;
  const onWait = (waiting: number): void =>
    console.error(
      `${waiting} messages wait for the partner, ${link.outboxMax} may: waiting for deliveries, ${options.wait} s at most.`,
    );
  const counts = await importFile(parts, file, {
    mapping,
    dryRun: options.dryRun ?? false,
    afterLine: before?.line ?? 0,
    awaitRoom: (messages) => awaitRoom({ database: store.database, link, waitMsMax, onWait }, messages),
    async onWrong(line) {
      if (!options.json && shown++ < SHOWN_MAX) console.error(wrongText(line));
      await report.write(line);
    },
    async onDone(done) {
      say(done);
      if (!options.dryRun) await keepProgress(file, link.id, sum(before, done));
    },
  }).finally(() => report[Symbol.asyncDispose]());
  // A crash before this leaves the progress of a finished run: the next finds nothing left to do.
  if (!options.dryRun) await forgetProgress(file);
  tell(sum(before, counts), options, report.file);
}

function readSeconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number of seconds');
}

function sum(before: ImportCounts | undefined, now: ImportCounts): ImportCounts {
  if (!before) return now;
  return {
    line: now.line,
    lines: before.lines + now.lines,
    messages: before.messages + now.messages,
    unchanged: before.unchanged + now.unchanged,
    wrong: before.wrong + now.wrong,
  };
}

function progressSayer(quiet: boolean): (counts: ImportCounts) => void {
  let saidAt = Date.now();
  return (counts) => {
    if (quiet || Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    console.error(summary(counts));
  };
}

const summary = ({ lines, messages, unchanged, wrong }: ImportCounts): string =>
  `${lines} lines: ${messages} messages, ${unchanged} unchanged, ${wrong} wrong`;

function wrongText({ line, id, faults }: WrongLine): string {
  const texts = faults.map(
    ({ column, pointer, message }) => `${column ?? (pointer || 'the line')}: ${message}`,
  );
  return `line ${line}${id === null ? '' : ` (${id})`}: ${texts.join('; ')}`;
}

function tell(counts: ImportCounts, options: ImportCommandOptions, report: string): void {
  if (options.json)
    console.log(
      JSON.stringify({
        ...counts,
        dryRun: options.dryRun ?? false,
        report: counts.wrong > 0 ? report : null,
      }),
    );
  else {
    console.log(`${options.dryRun ? 'Nothing was sent. ' : ''}${summary(counts)}.`);
    if (counts.wrong > 0) console.log(`Every wrong line is in ${report}.`);
  }
  if (counts.wrong > 0) process.exitCode = 1;
}
