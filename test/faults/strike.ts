import { setTimeout as delay } from 'node:timers/promises';
import { partnerOf } from '../../src/contract/party.ts';
import { eventually, WORK_WITHIN_MS } from './eventually.ts';
import { atWork, sideAtWork, waiting } from './in-flight.ts';
import type { Load } from './load.ts';
import type { Fault } from './plan.ts';
import { resend } from './resend.ts';
import { restoreSide } from './restore-side.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

/** Every gateway of a side has looked at its clock by then. */
const CLOCK_SEEN_MS = 200;

/**
 * Strikes once. What it leaves broken is repaired in `world.pending`, so that the next fault may come meanwhile.
 *
 * @param bringWork called when the fault is ready to meet work
 * @returns whether work was in flight when it struck
 */
export async function strike(
  world: World,
  load: Load,
  fault: Fault,
  bringWork: () => void,
): Promise<boolean> {
  if (fault.kind === 'restore') return restoreSide(world, load, fault.party, bringWork);
  if (fault.kind === 'kill-gateway' || fault.kind === 'freeze-gateway') {
    await untilSomeoneElse(world.sides[fault.party], fault.process);
    bringWork();
    return strikeGateway(world, load, fault);
  }
  if (fault.kind === 'clock-jump') return strikeClock(world, fault, bringWork);
  bringWork();
  switch (fault.kind) {
    case 'stop-postgres': {
      const side = world.sides[fault.party];
      const hit = await eventually(() => sideAtWork(side, load));
      await side.store.stopAtOnce();
      return hit;
    }
    case 'cut-request':
    case 'cut-response': {
      const direction = fault.kind === 'cut-request' ? 'request' : 'response';
      return world.sides[fault.party].wire.cutNext({ direction, bytes: fault.bytes }, WORK_WITHIN_MS);
    }
    case 'latency': {
      const { wire } = world.sides[fault.party];
      const hit = await eventually(async () => wire.underWay() > 0);
      wire.delayBy(fault.ms);
      later(
        world,
        delay(fault.forMs).then(() => wire.delayBy(0)),
      );
      return hit;
    }
    case 'duplicate-request':
    case 'replay-request':
      return strikeAgain(world, fault);
    case 'flush-redis':
    case 'kill-redis':
      return strikeRedis(world, fault);
  }
}

async function strikeGateway(
  world: World,
  load: Load,
  fault: Extract<Fault, { kind: 'kill-gateway' | 'freeze-gateway' }>,
): Promise<boolean> {
  const side = world.sides[fault.party];
  const gateway = side.processes[fault.process] as Side['processes'][number];
  const hit = await eventually(() => atWork(side, fault.process, load));
  if (fault.kind === 'freeze-gateway') {
    gateway.freeze();
    later(
      world,
      delay(fault.ms).then(() => gateway.thaw()),
    );
  } else {
    await gateway.kill();
    later(world, gateway.start());
  }
  return hit;
}

/** What is signed while the clock is off is what it is about: so the work comes when it has jumped. */
async function strikeClock(
  world: World,
  { party, offsetMs, forMs }: Extract<Fault, { kind: 'clock-jump' }>,
  bringWork: () => void,
): Promise<boolean> {
  const side = world.sides[party];
  const partner = world.sides[partnerOf(party)];
  await side.setClock(offsetMs);
  await delay(CLOCK_SEEN_MS);
  bringWork();
  const hit = await eventually(async () => (await waiting(side)) > 0 || (await waiting(partner)) > 0);
  await delay(forMs);
  await side.setClock(0);
  return hit;
}

async function strikeRedis(
  world: World,
  fault: Extract<Fault, { kind: 'flush-redis' | 'kill-redis' }>,
): Promise<boolean> {
  const side = world.sides[fault.party];
  const { redis } = side;
  if (!redis) throw new Error(`${fault.kind} needs a run with Redis`);
  const hit = await eventually(async () => (await waiting(side)) > 0);
  if (fault.kind === 'flush-redis') {
    await redis.client.flushall().catch(() => {});
    return hit;
  }
  await redis.kill();
  later(
    world,
    delay(fault.forMs).then(() => redis.start()),
  );
  return hit;
}

/** Of two processes one is always there: what both being away does is told by a run with one. */
async function untilSomeoneElse(side: Side, process: number): Promise<void> {
  await eventually(
    async () => side.processes.every((gateway, n) => (n === process ? gateway.ready : true)),
    90_000,
  );
  await eventually(async () => side.processes.some((gateway, n) => n !== process && gateway.ready), 90_000);
}

/** The same messages again: such as are under way now, or such as were answered long ago. */
async function strikeAgain(
  world: World,
  { kind, party }: Extract<Fault, { kind: 'duplicate-request' | 'replay-request' }>,
): Promise<boolean> {
  const [from, to] = [world.sides[party], world.sides[partnerOf(party)]];
  const hit = await eventually(async () => (await waiting(from)) > 0);
  await resend(from, to, kind === 'duplicate-request' ? 'pending' : 'delivered');
  return hit;
}

function later({ pending, broken }: World, repair: Promise<unknown>): void {
  const repaired = repair.catch(broken.reject).finally(() => pending.delete(repaired));
  pending.add(repaired);
}
