import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from './check-invariants.ts';
import type { Findings } from './findings.ts';
import { Load } from './load.ts';
import { BACKUP_AFTER, type FaultKind, type Planned, planFaults } from './plan.ts';
import { inspected } from './read-feed.ts';
import { backUp } from './restore-side.ts';
import { settle } from './settle.ts';
import type { QueueKind } from './side.ts';
import { strike } from './strike.ts';
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

/** A fault that met no work is struck again, so often. */
const ATTEMPTS_MAX = 3;
const MORE_WORK = 100;
/** Messages signed under a clock that is ahead wait until the partner's clock comes near, at most eight minutes. */
const SETTLE_MS = 720_000;
/** So long for a run without such. */
const SETTLE_SHORT_MS = 90_000;
const SHORT_RUN_FAULTS = 100;

/**
 * Starts both administrations with two gateways each, lets their back ends submit messages, and strikes fault after
 * fault while messages are on their way. A fault that met no work is struck again and not counted.
 */
export async function runFaults(options: FaultsOptions): Promise<FaultsRun> {
  const { messages, seed, folder, queue, stop, say } = options;
  await using world = await startWorld(folder, queue);
  await using load = new Load(sidesOf(world), messages);
  say(`both sides are up, ${PROCESSES} gateways each; seed ${seed}`);
  return await Promise.race([play(world, load, options), stopped(stop)]);
}

async function stopped(stop: AbortSignal): Promise<never> {
  if (!stop.aborted) await once(stop, 'abort');
  throw new Error('the run was stopped');
}

async function play(world: World, load: Load, options: FaultsOptions): Promise<FaultsRun> {
  const { kills, say } = options;
  const startedAt = Date.now();
  const struck = await strikeAll(world, load, options);
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

/** Each fault has its share of the messages to strike at. */
async function strikeAll(
  world: World,
  load: Load,
  { kills, messages, seed, queue, restores, say }: FaultsOptions,
): Promise<Partial<Record<FaultKind, number>>> {
  const plan = planFaults({ faults: kills, seed, redis: queue === 'redis', restores, processes: PROCESSES });
  const struck: Partial<Record<FaultKind, number>> = {};
  let allowed = 0;
  for (const [n, { afterMs, fault }] of plan.entries()) {
    const share = Math.max(0, Math.floor((messages * (n + 1)) / plan.length) - allowed);
    allowed += share;
    if (n === Math.floor(plan.length * BACKUP_AFTER) && plan.some(isRestore)) {
      for (const side of sidesOf(world)) await backUp(side);
      say('both sides are backed up');
    }
    await delay(afterMs);
    let hit = false;
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !hit; attempt++) {
      // Another attempt has work of its own, taken from what later faults would have had.
      const fresh = attempt === 0 ? share : Math.min(MORE_WORK, messages - allowed);
      if (attempt > 0) allowed += fresh;
      hit = await strike(world, load, fault, () => load.allow(fresh));
      say(`${n + 1}/${plan.length} ${JSON.stringify(fault)}${hit ? '' : ' met no work'}`);
    }
    if (hit) struck[fault.kind] = (struck[fault.kind] ?? 0) + 1;
  }
  load.allow(messages - allowed);
  return struck;
}

function isRestore({ fault }: Planned): boolean {
  return fault.kind === 'restore';
}
