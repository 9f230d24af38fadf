import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ActWorld, createActWorld, type Round } from './act-world.ts';
import { ACTS, type Act } from './acts.ts';
import type { CrashMode } from './faulty-database.ts';

const MODES: readonly CrashMode[] = ['failed and not persisted', 'failed but persisted'];
const PARTIES = ['CN', 'US'] as const;
/** A crash costs one try, and what it leaves another. */
const TRIES_MAX = 6;

let world: ActWorld;
let rounds = 0;
beforeAll(async () => {
  world = await createActWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Runs until nothing dies meanwhile; a side that died is up again for the next try. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  const databases = Object.values(world.faulty);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    try {
      await work();
      // A worker that is told of its own death logs it, and goes on after the start.
      if (!databases.some(({ dead }) => dead)) return;
    } catch (error) {
      if (!databases.some(({ dead }) => dead)) throw error;
    } finally {
      for (const database of databases) database.restart();
    }
  }
  throw new Error('it does not come to its end');
}

interface Write {
  party: 'CN' | 'US';
  write: string;
}

/** Plays an act once, with a crash in it where one is armed. @returns its durable writes, and its outcome */
async function play(act: Act, arm: () => void = () => {}): Promise<{ writes: Write[]; outcome: unknown }> {
  const number = rounds++;
  const round: Round = { number, subject: `CN44${String(10_000_000 + number)}`, id: '', taken: [] };
  await act.prepare?.(world, round);
  for (const database of Object.values(world.faulty)) database.forget();
  arm();
  await untilDone(() => act.act(world, round));
  await untilDone(world.quiet);
  const writes = PARTIES.flatMap((party) => world.faulty[party].writes.map((write) => ({ party, write })));
  const outcome = JSON.stringify(await act.outcome(world, round));
  // Each round has a key of its own name.
  return { writes, outcome: JSON.parse(outcome.replaceAll(/cn-next-\d+/g, 'cn-next')) };
}

/** What a message's own way writes is in the table of that way. */
const MESSAGE: Act = {
  name: 'a message',
  prepare: (world, round) => world.accept(round),
  act: (world) => world.quiet(),
  outcome: async () => ({}),
};

describe.each(ACTS)('$name', (act) => {
  it('ends the same whichever of its durable writes the process dies at, before or after it is on disk', async () => {
    const { faulty } = world;
    const known = new Set((await play(MESSAGE)).writes.map(({ write }) => write));
    const undisturbed = await play(act);
    expect(await world.violations()).toEqual([]);
    const writes = undisturbed.writes.filter(({ write }) => !known.has(write));
    expect(writes.length).toBeGreaterThan(0);
    for (const { party, write } of writes) {
      for (const mode of MODES) {
        const { outcome } = await play(act, () => faulty[party].crashAt(write, mode));
        const place = `${party}, ${write}: ${mode}`;
        const found = await world.violations();
        expect({ place, armed: faulty[party].armed, outcome, found }).toEqual({
          place,
          armed: false,
          outcome: undisturbed.outcome,
          found: [],
        });
      }
    }
    console.log(`${act.name}: ${writes.map(({ party, write }) => `${party} ${write}`).join('; ')}`);
  }, 60_000);
});
