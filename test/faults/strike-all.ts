import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from './load.ts';
import { BACKUP_AFTER, type FaultKind, type Planned } from './plan.ts';
import { backUp } from './restore-side.ts';
import { strike } from './strike.ts';
import { sidesOf, type World } from './world.ts';

/** How often each kind of fault struck while work was in flight. */
export type Struck = Partial<Record<FaultKind, number>>;

interface Striking {
  world: World;
  load: Load;
  plan: readonly Planned[];
  /** Messages of the whole run. */
  messages: number;
}

/** A fault that met no work is struck again, so often. */
const ATTEMPTS_MAX = 3;
const MORE_WORK = 100;

/**
 * Strikes every fault of a plan. Those of the two sides go on at the same time, each side's own one after another; a
 * restore, and the backups before it, have both sides to themselves.
 */
export async function strikeAll(striking: Striking): Promise<Struck> {
  const { world, load, plan, messages } = striking;
  const share = shareOf(messages, plan.length);
  const struck: Struck = {};
  const strikeOne = async (n: number): Promise<void> => {
    const { afterMs, fault } = plan[n] as Planned;
    await delay(afterMs);
    const startedAt = performance.now();
    let hit = false;
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !hit; attempt++) {
      // Another attempt has work of its own, taken from what later faults would have had.
      hit = await strike(world, load, fault, () => load.allow(attempt === 0 ? share(n) : share.more()));
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      world.say(`${n + 1}/${plan.length} ${JSON.stringify(fault)}${hit ? '' : ' met no work'}, ${seconds} s`);
    }
    if (hit) struck[fault.kind] = (struck[fault.kind] ?? 0) + 1;
  };
  for (const { together, backup, alone } of stagesOf(plan)) {
    if (backup) {
      for (const side of sidesOf(world)) await backUp(side);
      world.say('both sides are backed up');
    }
    await Promise.all(
      ['CN', 'US'].map(async (party) => {
        for (const n of together) if (plan[n]?.fault.party === party) await strikeOne(n);
      }),
    );
    if (alone !== undefined) await strikeOne(alone);
  }
  load.allow(share.rest());
  return struck;
}

/** What goes on between two restores: faults of both sides at the same time, then one fault alone. */
interface Stage {
  backup: boolean;
  together: number[];
  alone: number | undefined;
}

function stagesOf(plan: readonly Planned[]): Stage[] {
  const stages: Stage[] = [{ backup: false, together: [], alone: undefined }];
  const backupAt = plan.some(isRestore) ? Math.floor(plan.length * BACKUP_AFTER) : -1;
  for (const [n, planned] of plan.entries()) {
    if (n === backupAt) stages.push({ backup: true, together: [], alone: undefined });
    const last = stages.at(-1) as Stage;
    if (!isRestore(planned)) last.together.push(n);
    else {
      last.alone = n;
      stages.push({ backup: false, together: [], alone: undefined });
    }
  }
  return stages;
}

function isRestore({ fault }: Planned): boolean {
  return fault.kind === 'restore';
}

/** Each fault has its share of the messages to strike at. */
function shareOf(messages: number, faults: number) {
  let allowed = 0;
  const take = (count: number): number => {
    const taken = Math.max(0, Math.min(count, messages - allowed));
    allowed += taken;
    return taken;
  };
  const share = (n: number): number =>
    take(Math.floor((messages * (n + 1)) / faults) - Math.floor((messages * n) / faults));
  return Object.assign(share, { more: () => take(MORE_WORK), rest: () => take(messages) });
}
