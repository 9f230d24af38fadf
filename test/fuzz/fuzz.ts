import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { Bakery } from '../hostile/bake-set.ts';
import { startTarget, type TargetOptions } from '../support/target.ts';
import { type FuzzCase, fuzzCase } from './cases.ts';
import { Sender } from './send-case.ts';
import { type FuzzReport, type Outcome, Tally } from './tally.ts';

export interface FuzzOptions extends Pick<TargetOptions, 'folder' | 'databaseUrl' | 'tls' | 'preload'> {
  cases: number;
  seed: number;
  /** Told of every case that went as none should. */
  onFinding?(finding: string): void;
  onProgress?(done: number): void;
}

/** Drawn at once; the seed of a chunk is the run's and its place, so that a case can be drawn again. */
const CHUNK = 500;
const IN_FLIGHT = 48;
const WEIGH_EVERY_MS = 1_000;
/** So many findings are told; the rest is counted. */
const FINDINGS_MAX = 20;

/** The fuzzer is one principal and one address: the rates of docs/limits.md have tests of their own. */
const limits = { internalRequestsPerSecond: 1_000_000, exchangeRequestsPerSecond: 1_000_000 };

/** Sends cases to a gateway of its own over real HTTP, and reports how it held. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  await using target = await startTarget({ ...options, limits });
  await using sender = new Sender(target, await Bakery.open(target));
  const tally = new Tally();
  const weighing = setInterval(() => {
    void residentMib(target.pid).then((mib) => mib !== undefined && tally.weigh(mib));
  }, WEIGH_EVERY_MS);
  let told = 0;
  const tell = (what: string, index: number, one: FuzzCase) => {
    if (told++ < FINDINGS_MAX)
      options.onFinding?.(
        `${what}, seed ${options.seed}, case ${index}: ${JSON.stringify(one).slice(0, 2_000)}`,
      );
  };
  try {
    await work(options, async (index, one) => {
      if (target.ended() !== undefined) return false;
      const outcome = await sender.send(one);
      tally.count(outcome);
      const wrong = whatIsWrong(outcome);
      if (wrong) tell(wrong, index, one);
      return true;
    });
  } finally {
    clearInterval(weighing);
  }
  const ended = target.ended();
  if (ended !== undefined) {
    tally.crashes++;
    options.onFinding?.(`the gateway is gone: ${ended}\n${(await target.log()).slice(-2_000)}`);
  }
  return tally.report();
}

function whatIsWrong({ status, forged }: Outcome): string | undefined {
  if (forged) return 'a forgery was believed';
  return typeof status === 'number' && status >= 500 ? `answered ${status}` : undefined;
}

/** Runs the cases in order, some at once. @param run answers whether to go on */
async function work(
  { cases, seed, onProgress }: FuzzOptions,
  run: (index: number, one: FuzzCase) => Promise<boolean>,
): Promise<void> {
  const queue = draw(cases, seed);
  let done = 0;
  const worker = async (): Promise<void> => {
    for (const { index, one } of queue) {
      if (!(await run(index, one))) return;
      if (++done % 10_000 === 0) onProgress?.(done);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

/** Workers share one generator: each case is taken once. */
function draw(cases: number, seed: number): Iterable<{ index: number; one: FuzzCase }> {
  const generator = drawing(cases, seed);
  // A worker that ends does not end the others' supply.
  return { [Symbol.iterator]: () => ({ next: () => generator.next() }) };
}

function* drawing(cases: number, seed: number): Generator<{ index: number; one: FuzzCase }, undefined> {
  for (let index = 0; index < cases; index += CHUNK) {
    const chunk = fc.sample(fuzzCase, { seed: seed + index, numRuns: Math.min(CHUNK, cases - index) });
    for (const [offset, one] of chunk.entries()) yield { index: index + offset, one };
  }
  return undefined;
}

const run = promisify(execFile);

/** @returns undefined where `ps` does not know */
async function residentMib(pid: number): Promise<number | undefined> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  const kib = Number.parseInt(stdout, 10);
  return Number.isNaN(kib) ? undefined : kib / 1024;
}
