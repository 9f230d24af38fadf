import type { Party } from '../../src/contract/party.ts';
import { type Random, randomOf } from '../../src/demo/random.ts';

/** Every kind of fault; each names what is struck. */
export type Fault =
  | { kind: 'kill-gateway'; party: Party; process: number }
  | { kind: 'freeze-gateway'; party: Party; process: number; ms: number }
  | { kind: 'stop-postgres'; party: Party }
  | { kind: 'cut-request'; party: Party; bytes: number }
  | { kind: 'cut-response'; party: Party; bytes: number }
  | { kind: 'latency'; party: Party; ms: number; forMs: number }
  | { kind: 'duplicate-request'; party: Party }
  | { kind: 'replay-request'; party: Party }
  | { kind: 'clock-jump'; party: Party; offsetMs: number; forMs: number }
  | { kind: 'restore'; party: Party }
  | { kind: 'flush-redis'; party: Party }
  | { kind: 'kill-redis'; party: Party; forMs: number };

export type FaultKind = Fault['kind'];

/** A fault, and how long the world is left alone before it. */
export interface Planned {
  afterMs: number;
  fault: Fault;
}

export interface PlanOptions {
  faults: number;
  seed: number;
  redis: boolean;
  /** One restore of each side among the faults. */
  restores: boolean;
  /** Gateway processes on each side. */
  processes: number;
}

const PARTIES = ['CN', 'US'] as const;
const CLOCK_JUMP_MS = 600_000;
/** Between two faults of a side. */
const AFTER_MS_MIN = 50;
const AFTER_MS_MAX = 800;

/**
 * What a message signed under a clock that is ten minutes ahead waits for is that the partner's clock comes near:
 * eight minutes. A short run has no time for it, so there a clock only falls behind; in a long one each side's clock
 * is ahead once, early, so that the wait is over when the other faults are.
 */
const AHEAD_FROM_FAULTS = 100;
const AHEAD_AT: readonly { party: Party; afterMs: number }[] = [
  { party: 'CN', afterMs: 0 },
  // Not both at once: then neither would be ahead of the other.
  { party: 'US', afterMs: 6_000 },
];
const AHEAD_FOR_MS = 2_000;

const WEIGHTS: readonly { kind: FaultKind; weight: number }[] = [
  { kind: 'kill-gateway', weight: 6 },
  { kind: 'freeze-gateway', weight: 2 },
  { kind: 'stop-postgres', weight: 3 },
  { kind: 'cut-request', weight: 3 },
  { kind: 'cut-response', weight: 3 },
  { kind: 'latency', weight: 2 },
  { kind: 'duplicate-request', weight: 2 },
  { kind: 'replay-request', weight: 2 },
  { kind: 'clock-jump', weight: 1 },
  { kind: 'flush-redis', weight: 2 },
  { kind: 'kill-redis', weight: 1 },
];

/**
 * The faults of a run, in order: the same seed gives the same plan. The first round has each kind once, so that
 * also a short run sees them all; after it chance decides, by weight.
 */
export function planFaults({
  faults,
  seed,
  redis,
  restores: withRestores,
  processes,
}: PlanOptions): Planned[] {
  const random = randomOf(seed, 'faults');
  const choices = WEIGHTS.filter(({ kind }) => redis || !kind.endsWith('-redis'));
  const first = shuffled(
    choices.map(({ kind }) => kind),
    random,
  );
  const restores = withRestores ? restoresOf(faults) : new Map<number, Party>();
  return Array.from({ length: faults }, (_, n) => {
    const party = restores.get(n);
    if (party !== undefined) return { afterMs: 0, fault: { kind: 'restore', party } };
    const ahead = faults >= AHEAD_FROM_FAULTS ? AHEAD_AT[n] : undefined;
    if (ahead !== undefined) return { afterMs: ahead.afterMs, fault: clockAhead(ahead.party) };
    const kind = first[n] ?? random.weigh(choices).kind;
    return { afterMs: random.integer(AFTER_MS_MIN, AFTER_MS_MAX), fault: drawFault(kind, random, processes) };
  });
}

function clockAhead(party: Party): Fault {
  return { kind: 'clock-jump', party, offsetMs: CLOCK_JUMP_MS, forMs: AHEAD_FOR_MS };
}

function drawFault(kind: FaultKind, random: Random, processes: number): Fault {
  const party = random.pick(PARTIES);
  const process = random.integer(0, processes - 1);
  switch (kind) {
    case 'kill-gateway':
      return { kind, party, process };
    case 'freeze-gateway':
      return { kind, party, process, ms: freezeMs(random) };
    case 'stop-postgres':
      return { kind, party };
    case 'cut-request':
    case 'cut-response':
      return { kind, party, bytes: random.integer(1, 4_000) };
    case 'latency':
      return { kind, party, ms: random.integer(100, 1_500), forMs: random.integer(1_000, 3_000) };
    case 'duplicate-request':
    case 'replay-request':
    case 'restore':
    case 'flush-redis':
      return { kind, party };
    case 'clock-jump':
      return { kind, party, offsetMs: -CLOCK_JUMP_MS, forMs: random.integer(1_000, 3_000) };
    case 'kill-redis':
      return { kind, party, forMs: random.integer(500, 3_000) };
  }
}

/** Each third time past the lease of a lane, so that another owner takes it while this one believes to hold it. */
function freezeMs(random: Random): number {
  return random.chance(1 / 3) ? random.integer(8_500, 11_000) : random.integer(500, 3_000);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.integer(0, rest.length - 1), 1)[0] as T);
}

/** Backups are taken after this share of the faults: what came since is lost in a restore, and comes back. */
export const BACKUP_AFTER = 0.7;
/** Late, because nothing of the side may wait then, and what was signed under a clock that was ahead waits long. */
const RESTORES_AFTER: readonly { party: Party; share: number }[] = [
  { party: 'CN', share: 0.8 },
  { party: 'US', share: 0.9 },
];
/** Which faults are restores, one of each side. */
function restoresOf(faults: number): Map<number, Party> {
  return new Map(RESTORES_AFTER.map(({ party, share }) => [Math.floor(faults * share), party]));
}
