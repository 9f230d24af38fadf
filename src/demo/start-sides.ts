import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { partnerOf } from '../contract/party.ts';
import { lockFile } from '../store/embedded/lock-file.ts';
import { DemoError } from './demo-error.ts';
import { type DemoSides, PARTIES } from './demo-side.ts';
import { prepareSides } from './prepare-sides.ts';
import { startSide } from './start-side.ts';

/** Both gateways, up; disposing stops them and their databases. */
export interface RunningSides extends AsyncDisposable {
  sides: DemoSides;
  /** Settles when either gateway goes away by itself. */
  lost: Promise<string>;
}

/**
 * Starts both sides anew below a folder that only one demo uses at a time.
 *
 * @param folder made where it is missing; `cn` and `us` in it are removed
 * @param execArgv options of Node for the gateways' processes
 */
export async function startSides(folder: string, execArgv: readonly string[] = []): Promise<RunningSides> {
  await mkdir(folder, { recursive: true });
  await using stack = new AsyncDisposableStack();
  stack.use(await holdFolder(folder));
  const prepared = await prepareSides(folder);
  const [CN, US] = await Promise.allSettled(
    PARTIES.map((party) => startSide(prepared[party], prepared[partnerOf(party)], execArgv)),
  );
  for (const started of [CN, US]) if (started?.status === 'fulfilled') stack.use(started.value);
  if (CN?.status !== 'fulfilled') throw CN?.reason;
  if (US?.status !== 'fulfilled') throw US?.reason;
  const sides: DemoSides = { CN: CN.value, US: US.value };
  const lost = Promise.race(
    PARTIES.map(async (party) => `the gateway of ${party} went away: ${await sides[party].ended}`),
  );
  const owned = stack.move();
  return { sides, lost, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function holdFolder(folder: string): Promise<Disposable> {
  try {
    return await lockFile(join(folder, 'demo.lock'), 0);
  } catch (cause) {
    const text = `A demo is running in ${folder} already: its addresses are in demo.json. Stop it with Ctrl-C, or give this one a folder with --dir.`;
    throw new DemoError('running-already', text, { cause });
  }
}
