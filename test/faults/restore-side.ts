import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Party, partnerOf } from '../../src/contract/party.ts';
import { eventually } from './eventually.ts';
import { waiting } from './in-flight.ts';
import type { Load } from './load.ts';
import { runMra } from './run-mra.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

/**
 * What was accepted and never delivered before the loss cannot come back, so nothing of it may wait. What was signed
 * while the clock was ten minutes ahead is taken when its time has come.
 */
const DRAINED_WITHIN_MS = 13 * 60_000;
const RECOVERED_WITHIN_MS = 120_000;

const backupOf = ({ prepared }: Side): string => join(prepared.folder, 'backup');

/** `mra backup` of a side at work; its database may still be coming back from the fault before. */
export function backUp(side: Side): Promise<void> {
  return untilDone(side, 'backup', backupOf(side));
}

/**
 * A side loses its database: its gateways are killed, its backup takes the place of what was there, it comes up,
 * takes its log back from the partner's mirror, compares with the partner and is recovered. The partner goes on sending all the while.
 *
 * @returns whether the partner had messages under way when it struck
 */
export async function restoreSide(
  world: World,
  load: Load,
  party: Party,
  bringWork: () => void,
): Promise<boolean> {
  const side = world.sides[party];
  const partner = world.sides[partnerOf(party)];
  const step = stepsOf(world, party);
  await Promise.all(world.pending);
  await load.hold(party);
  await untilDelivered(side);
  step('all its messages are delivered');
  bringWork();
  const hit = await eventually(async () => (await waiting(partner)) > 0);
  for (const gateway of side.processes) await gateway.kill();
  await side.store.close();
  step('killed');
  await mustSucceed(side, 'restore', backupOf(side));
  step('restored');
  await side.store.open();
  await Promise.all(side.processes.map((gateway) => gateway.start()));
  step('up');
  await untilDone(side, 'audit', 'recover');
  await untilDone(side, 'link', 'recover');
  step('recovered');
  load.release(party);
  return hit;
}

/** Tells how long each step took. */
function stepsOf(world: World, party: Party): (step: string) => void {
  let since = performance.now();
  return (step) => {
    world.say(`${party}: ${step}, ${((performance.now() - since) / 1_000).toFixed(1)} s`);
    since = performance.now();
  };
}

async function untilDelivered({ store }: Side): Promise<void> {
  const deadline = Date.now() + DRAINED_WITHIN_MS;
  for (;;) {
    const [row] = await store.query<{ own: number }>(
      `select count(*)::int as own from outbox where subject <> 'gateway'`,
    );
    if (row?.own === 0) return;
    if (Date.now() > deadline) {
      const lanes = await store.query(
        `select l.*, count(o.*)::int as waiting, s.halted_reason from lane l left join link_state s using (link)
         left join outbox o using (link, lane) group by l.link, l.lane, s.halted_reason having count(o.*) > 0`,
      );
      throw new Error(`${row?.own} messages are not delivered before the restore: ${JSON.stringify(lanes)}`);
    }
    await delay(20);
  }
}

/** The first comparison may still be under way, or the partner away for a moment. */
async function untilDone(side: Side, ...words: string[]): Promise<void> {
  const deadline = Date.now() + RECOVERED_WITHIN_MS;
  for (;;) {
    const { code, said } = await runMra(side.prepared.config, ...words);
    if (code === 0 || said.includes('lacks nothing')) return;
    if (Date.now() > deadline) {
      throw new Error(`${side.party}: mra ${words.join(' ')} ended with ${code}: ${said}`);
    }
    await delay(1_000);
  }
}

async function mustSucceed(side: Side, ...words: string[]): Promise<void> {
  const { code, said } = await runMra(side.prepared.config, ...words);
  if (code !== 0) throw new Error(`${side.party}: mra ${words[0]} ended with ${code}: ${said}`);
}
