import { join } from 'node:path';
import { builtConsole } from '../console/build-console.ts';
import { readFigures } from './await-receipts.ts';
import { DemoError } from './demo-error.ts';
import { keepDemoFile } from './demo-file.ts';
import type { DemoSides } from './demo-side.ts';
import { Ledger } from './ledger.ts';
import { loadRegisters, type RegisterPlan, type RegistersLoaded } from './load-registers.ts';
import { playPilot } from './play-pilot.ts';
import { showProgress } from './progress.ts';
import { sayAct, sayAddresses, sayResult, saySides } from './say.ts';
import { sendUrgent } from './send-urgent.ts';
import { startSides } from './start-sides.ts';
import type { UrgentSent } from './suspend-at-once.ts';
import { PILOT_EXPECTED, type Verification, verifyDemo } from './verify-demo.ts';

export interface DemoOptions extends RegisterPlan {
  /** Where `demo/` and `demo.json` are made. */
  folder: string;
  /** How many messages have to wait when the urgent one is sent. */
  backlog: number;
  /** Starts both sides and tells no story. */
  empty: boolean;
  /** Ends after the story. */
  exit: boolean;
  /** Prints the result as a last line of JSON. */
  json: boolean;
  /** Settles when the demo is to stop. */
  stop: Promise<string>;
  /** Called before act (d); the tests alter a side's database here. */
  beforeReading?: (sides: DemoSides) => Promise<void>;
}

/** The last line of `--json`. */
export interface DemoResult {
  messages: number;
  delivered: number;
  receipted: number;
  refused: number;
  pilot: { passed: number; failed: number };
  mismatches: number;
  seconds: number;
  urgentMs: number;
}

export interface Story {
  registers: RegistersLoaded;
  urgent: UrgentSent;
  verification: Verification;
  result: DemoResult;
}

/**
 * Starts both administrations' gateways and plays the story. Stays up until it is told to stop, unless `exit`.
 *
 * @returns whether everything held
 */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  if (!options.exit) await prepareConsole();
  await using running = await startSides(join(options.folder, 'demo'));
  const { sides, lost } = running;
  saySides(sides);
  const ending = Promise.race([options.stop, lost.then(fail)]);
  ending.catch(() => {});
  let held = true;
  if (!options.empty) {
    const story = await Promise.race([tellStory(sides, options), ending]);
    if (typeof story === 'string') return false;
    held = holds(story, options.backlog);
    sayResult(story, options.backlog);
    if (options.json) console.log(JSON.stringify(story.result));
  }
  if (options.exit) return held;
  using _file = keepDemoFile(options.folder, sides);
  sayAddresses(sides, options.folder);
  await ending;
  return held;
}

/** A console that cannot be built is no reason not to play. */
async function prepareConsole(): Promise<void> {
  try {
    await builtConsole();
  } catch (error) {
    console.error(
      `  the console could not be built: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function fail(how: string): never {
  throw new DemoError('gateway-process', how);
}

async function tellStory(sides: DemoSides, options: DemoOptions): Promise<Story> {
  const startedAt = Date.now();
  using ledger = new Ledger(join(options.folder, 'demo'));
  sayAct('a', 'the pilot of October 2008');
  await playPilot(sides, ledger);
  sayAct('b', 'both registers are exchanged');
  const registers = await loadRegisters(sides, options, ledger, showProgress('receipted'));
  sayAct('c', 'an urgent suspension while others wait');
  const urgent = await sendUrgent(sides, options, options.backlog, ledger, showProgress('receipted'));
  await options.beforeReading?.(sides);
  sayAct('d', 'everything is read back and compared');
  const verification = await verifyDemo(sides, ledger, options, urgent.message.subject);
  const result = await resultOf(sides, ledger, verification, urgent, startedAt);
  return { registers, urgent, verification, result };
}

async function resultOf(
  sides: DemoSides,
  ledger: Ledger,
  { mismatches, pilot }: Verification,
  { urgentMs }: UrgentSent,
  startedAt: number,
): Promise<DemoResult> {
  const [cn, us] = await Promise.all([readFigures(sides, 'CN'), readFigures(sides, 'US')]);
  return {
    messages: ledger.messages,
    delivered: cn.delivered + us.delivered,
    receipted: cn.receipted + us.receipted,
    refused: ledger.refused + cn.refused + us.refused,
    pilot: { passed: pilot.passed, failed: pilot.failed },
    mismatches,
    seconds: Math.round((Date.now() - startedAt) / 100) / 10,
    urgentMs,
  };
}

function holds({ result, urgent }: Story, backlog: number): boolean {
  const { messages, delivered, receipted, refused, mismatches, pilot } = result;
  return (
    mismatches === 0 &&
    refused === 0 &&
    delivered === messages &&
    receipted === messages &&
    pilot.passed === PILOT_EXPECTED.passed &&
    pilot.failed === PILOT_EXPECTED.failed &&
    urgent.waiting >= backlog
  );
}
