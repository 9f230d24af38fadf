import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CheckContext } from '../contract/check-context.ts';
import { checkMessage } from '../contract/check-message.ts';
import { checkReceipt } from '../contract/check-receipt.ts';
import type { CheckResult, Issue } from '../contract/issue.ts';
import { type BusinessType, isBusinessType } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import { JsonError } from '../envelope/json-error.ts';
import { isJsonObject, parseStrictJson } from '../envelope/parse-strict-json.ts';
import { DATA_BYTES_MAX } from '../submission/read-submission.ts';
import { underData } from '../submission/submission.ts';

interface CheckOptions {
  type?: string;
  side: CheckContext['side'];
  sender?: Party;
  now: Date;
  json?: boolean;
}

/** What was found in one message of a file; `place` tells messages of one file apart. */
interface Checked {
  file: string;
  place: string;
  errors: Issue[] | FileFault[];
  warnings: Issue[];
}

interface FileFault {
  pointer: string;
  code: string;
  message: string;
}

/** A file may hold a register; one message is bounded by the gateway. */
const LIMITS = { depthMax: 34, membersMax: 10_000_000 };

/** `mra message check`: is this what the contract says? Needs no gateway and no configuration. */
export function addMessageCommand(program: Command): void {
  const message = program.command('message').description('check messages without a gateway');
  message
    .command('check')
    .description('print every error and warning in messages, with its pointer. Exit 1 if any has an error')
    .argument(
      '<file...>',
      'JSON {type, data} or bare data with --type; a list of them; NDJSON; - for standard input',
    )
    .option('--type <type>', 'type of messages that are bare data')
    .addOption(new Option('--side <side>', 'whose checks').choices(['sender', 'receiver']).default('sender'))
    .addOption(
      new Option('--sender <party>', 'who sends; by default the country of the subject').choices([
        'CN',
        'US',
      ]),
    )
    .option('--now <instant>', 'the time of the check', readInstant, new Date())
    .option('--json', 'one JSON line a message')
    .addHelpText('after', '\nExample:\n  mra message check examples/submissions/*.json')
    .action((files: string[], options: CheckOptions) => checkFiles(files, options));
}

async function checkFiles(files: readonly string[], options: CheckOptions): Promise<void> {
  let wrong = 0;
  let count = 0;
  for (const file of files) {
    for (const checked of await checkFile(file, options)) {
      count++;
      if (checked.errors.length > 0) wrong++;
      if (options.json) console.log(JSON.stringify(checked));
      else print(checked);
    }
  }
  if (!options.json) console.log(`${count} checked, ${wrong} with errors`);
  if (wrong > 0) process.exitCode = 1;
}

async function checkFile(file: string, options: CheckOptions): Promise<Checked[]> {
  try {
    const bytes = file === '-' ? await text(process.stdin) : await readFile(file);
    return readMessages(bytes).map(({ place, value }) => checkOne(file, place, value, options));
  } catch (error) {
    const fault = faultOf(error);
    if (!fault) throw error;
    return [{ file, place: '', errors: [fault], warnings: [] }];
  }
}

function faultOf(error: unknown): FileFault | undefined {
  if (error instanceof JsonError) {
    return { pointer: error.pointer ?? '', code: error.code, message: `the file ${error.message}` };
  }
  if (error instanceof Error && 'syscall' in error) {
    return { pointer: '', code: 'unreadable', message: error.message };
  }
  return undefined;
}

/** A JSON document, or else one a line. */
function readMessages(bytes: Uint8Array | string): { place: string; value: unknown }[] {
  const source = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8');
  const lines = source.split('\n').filter((line) => line.trim() !== '');
  if (
    lines.length > 1 &&
    lines.every((line) => line.trimStart().startsWith('{') && line.trimEnd().endsWith('}'))
  ) {
    return lines.map((line, n) => ({ place: ` line ${n + 1}`, value: parseStrictJson(line, LIMITS) }));
  }
  const document = parseStrictJson(bytes, LIMITS);
  if (!Array.isArray(document)) return [{ place: '', value: document }];
  return document.map((value, n) => ({ place: ` /${n}`, value }));
}

/** Pointers are into what stands in the file: under `/data` where it is `{type, data}`, as in the API's answers. */
function checkOne(file: string, place: string, value: unknown, options: CheckOptions): Checked {
  const wrapped = isJsonObject(value) && 'type' in value && 'data' in value;
  const data = wrapped ? value.data : value;
  const { errors, warnings } = judge(wrapped ? value.type : options.type, data, options);
  if (!wrapped) return { file, place, errors, warnings };
  return { file, place, errors: underData(errors), warnings: underData(warnings) };
}

function judge(type: unknown, data: unknown, options: CheckOptions): CheckResult {
  if (type === 'receipt') return { errors: checkReceipt(data).errors, warnings: [] };
  if (!isBusinessType(type)) return { errors: [WITHOUT_TYPE], warnings: [] };
  if (Buffer.byteLength(JSON.stringify(data)) > DATA_BYTES_MAX) return { errors: [TOO_LONG], warnings: [] };
  const { errors, warnings } = checkMessage(type, data, contextOf(type, data, options));
  return { errors, warnings };
}

const WITHOUT_TYPE: Issue = {
  pointer: '',
  code: 'unknown-code',
  message:
    'has no known type: give {"type": …, "data": …} or --type enterprise-status | certification-change | validation-result | receipt',
};

const TOO_LONG: Issue = {
  pointer: '',
  code: 'too-long',
  message: `must be at most ${DATA_BYTES_MAX} bytes of JSON`,
};

function contextOf(type: BusinessType, data: unknown, { side, sender, now }: CheckOptions): CheckContext {
  return {
    side,
    sender: sender ?? senderOf(type, data),
    now,
    skewMs: 120_000,
    policy: { usccCheckDigits: 'refuse', consentRequired: true },
  };
}

/** Without --sender, whoever has the authority: the country of the enterprise, or the lead of the validation. */
function senderOf(type: BusinessType, data: unknown): Party {
  if (!isJsonObject(data)) return 'CN';
  if (type === 'validation-result') return data.lead === 'US' ? 'US' : 'CN';
  const id = isJsonObject(data.enterprise) ? data.enterprise.id : undefined;
  return typeof id === 'string' && id.startsWith('US') ? 'US' : 'CN';
}

function print({ file, place, errors, warnings }: Checked): void {
  const line = (kind: string, { pointer, code, message }: FileFault): void =>
    console.log(`${file}${place}: ${kind} ${pointer || '/'} ${code}: ${message}`);
  for (const error of errors) line('error', error);
  for (const warning of warnings) line('warning', warning);
  if (errors.length + warnings.length === 0) console.log(`${file}${place}: ok`);
}

function readInstant(value: string): Date {
  const date = new Date(value);
  if (Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('must be an instant such as 2026-11-23T08:00:00Z');
  return date;
}
