import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { REGISTER_SIZES } from '../demo/generate-enterprises.ts';
import { type DemoOptions, runDemo } from '../demo/run-demo.ts';
import { explainFailure } from './explain-failure.ts';

/** The year of the first joint validations. */
const SEED = 2008;

/** How many messages wait when the urgent one is sent, with registers of full size. */
const BACKLOG = 5000;

interface Options {
  seed: number;
  enterprises: number;
  members: number;
  backlog?: number;
  dir: string;
  empty: boolean;
  exit: boolean;
  json: boolean;
}

/** @param overrides for tests */
export function addDemoCommand(program: Command, overrides: Partial<DemoOptions> = {}): void {
  program
    .command('demo')
    .description('start both sides on this machine and let them exchange the pilot of 2008 and two registers')
    .option('--exit', 'end after the story: 0 only if everything held', false)
    .option('--json', 'print the result as a last line of JSON', false)
    .option('--empty', 'start both sides without the story', false)
    .option('--seed <n>', 'what the invented registers grow from', wholeNumber, SEED)
    .option('--enterprises <n>', 'Chinese enterprises', positive, REGISTER_SIZES.CN)
    .option('--members <n>', 'members of C-TPAT', positive, REGISTER_SIZES.US)
    .option(
      '--backlog <n>',
      `messages that wait when the urgent one is sent (default: ${BACKLOG}, fewer with small registers)`,
      wholeNumber,
    )
    .option('--dir <folder>', 'where demo.json and the data of both sides are kept', '.mra')
    .addHelpText('after', '\nExample:\n  mra demo --exit --json')
    .action((options: Options) => explainFailure(() => demo(options, overrides)));
}

async function demo(options: Options, overrides: Partial<DemoOptions>): Promise<void> {
  const { seed, enterprises, members, backlog, dir, empty, exit, json } = options;
  const held = await runDemo({
    seed,
    sizes: { CN: enterprises, US: members },
    backlog: backlog ?? Math.min(BACKLOG, Math.floor(enterprises / 2)),
    folder: resolve(dir),
    empty,
    exit,
    json,
    stop: untilSignal(),
    ...overrides,
  });
  if (!held) process.exitCode = 1;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It is a whole number.');
  return value;
}

function positive(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It is at least 1.');
  return value;
}

/** The first signal stops both sides in order, another one changes nothing; so does a reader that went away. */
function untilSignal(): Promise<string> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
    process.stdout.on('error', () => stop('EPIPE'));
  });
}
