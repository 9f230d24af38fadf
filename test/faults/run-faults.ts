import { once } from 'node:events';
import { checkInvariants } from './check-invariants.ts';
import type { Findings } from './findings.ts';
import { Load } from './load.ts';
import { type FaultKind, planFaults } from './plan.ts';
import { inspected } from './read-feed.ts';
import { settle } from './settle.ts';
import type { QueueKind } from './side.ts';
import { strikeAll } from './strike-all.ts';
import { PROCESSES, sidesOf, startWorld, type World } from './world.ts';

export interface FaultsOptions {
  kills: number;
  messages: number;
  seed: number;
  /** Where both sides live. */
  folder: string;
  queue: QueueKind;
  /** One restore of each side among the faults. */
  restores: boolean;
  /** Ends the run early; both sides are stopped in order. */
  stop: AbortSignal;
  say(text: string): void;
}

/** The last line of `--json`. */
export interface FaultsResult {
  /** By kind; a fault counts only if work was in flight when it struck. */
  faults: Partial<Record<FaultKind, number>>;
  /** Their sum. */
  hitInFlight: number;
  accepted: number;
  lost: number;
  duplicated: number;
  reordered: number;
  unreceipted: number;
  mismatched: number;
  seconds: number;
}

export interface FaultsRun {
  result: FaultsResult;
  findings: Findings;
  /** Nothing was left under way at the end. */
  quiet: boolean;
}

/** Messages signed under a clock that is ahead wait until the partner's clock comes near, at most eight minutes. */
const SETTLE_MS = 720_000;
/** So long for a run without such. */
const SETTLE_SHORT_MS = 90_000;
const SHORT_RUN_FAULTS = 100;

/**
 * Starts both administrations with two gateways each, lets their back ends submit messages, and strikes fault after
 * fault at both sides while messages are on their way. A fault that met no work is struck again and not counted.
 */
export async function runFaults(options: FaultsOptions): Promise<FaultsRun> {
  const { messages, seed, folder, queue, stop, say } = options;
  await using world = await startWorld(folder, queue, say);
  await using load = new Load(sidesOf(world), messages);
  say(`both sides are up, ${PROCESSES} gateways each; seed ${seed}`);
  return await Promise.race([play(world, load, options), stopped(stop), world.broken.promise]);
}

async function stopped(stop: AbortSignal): Promise<never> {
  if (!stop.aborted) await once(stop, 'abort');
  throw new Error('the run was stopped');
}

async function play(world: World, load: Load, options: FaultsOptions): Promise<FaultsRun> {
  const { kills, messages, seed, queue, restores, say } = options;
  const startedAt = Date.now();
  const plan = planFaults({ faults: kills, seed, redis: queue === 'redis', restores, processes: PROCESSES });
  const struck = await strikeAll({ world, load, plan, messages });
  await Promise.all(world.pending);
  await load.finish();
  say(
    `${load.ledger.size} accepted, ${load.unanswered} requests without an answer; waiting until all is quiet`,
  );
  const quiet = await settle(world, kills < SHORT_RUN_FAULTS ? SETTLE_SHORT_MS : SETTLE_MS);
  const { CN, US } = world.sides;
  const findings = await checkInvariants({ CN: inspected(CN), US: inspected(US) }, load.ledger);
  const result: FaultsResult = {
    faults: struck,
    hitInFlight: Object.values(struck).reduce((sum, count) => sum + count, 0),
    accepted: load.ledger.size,
    lost: findings.count('lost'),
    duplicated: findings.count('duplicated'),
    reordered: findings.count('reordered'),
    unreceipted: findings.count('unreceipted'),
    mismatched: findings.count('mismatched'),
    seconds: Math.round((Date.now() - startedAt) / 100) / 10,
  };
  return { result, findings, quiet };
}
