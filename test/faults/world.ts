import { type Party, partnerOf } from '../../src/contract/party.ts';
import { prepareSides } from '../../src/demo/prepare-sides.ts';
import { drawSide, type QueueKind, type Side, startSide } from './side.ts';

export const PROCESSES = 2;

const FIRST_PORTS: Readonly<Record<Party, number>> = { CN: 9_701, US: 9_801 };
/** Beside the ports of a demo. */
const PORT_OFFSET = 900;
/** The keys are older than any jump of a clock: what is signed under a clock that is behind is signed by a valid key. */
const KEYS_OLDER_MS = 86_400_000;

export interface World extends AsyncDisposable {
  sides: Readonly<Record<Party, Side>>;
  /** Heals what a fault left, whatever it was: the run's end does not depend on the last fault. */
  pending: Set<Promise<unknown>>;
  /** Rejects when a repair fails: then the run is over. */
  broken: PromiseWithResolvers<never>;
  /** Tells whoever watches the run how it goes. */
  say(text: string): void;
}

/** Both administrations, each with two gateways on one database behind one address. */
export async function startWorld(folder: string, queue: QueueKind, say: World['say']): Promise<World> {
  const prepared = await prepareSides(folder, PORT_OFFSET, new Date(Date.now() - KEYS_OLDER_MS));
  const drawn = {
    CN: await drawSide(prepared.CN, PROCESSES, FIRST_PORTS.CN),
    US: await drawSide(prepared.US, PROCESSES, FIRST_PORTS.US),
  };
  const stack = new AsyncDisposableStack();
  const start = async (party: Party): Promise<Side> =>
    stack.use(await startSide(drawn[party], drawn[partnerOf(party)].wirePort, queue));
  try {
    const [CN, US] = await Promise.all([start('CN'), start('US')]);
    const broken = Promise.withResolvers<never>();
    broken.promise.catch(() => {});
    return {
      sides: { CN, US },
      pending: new Set(),
      broken,
      say,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

export function sidesOf({ sides }: World): Side[] {
  return [sides.CN, sides.US];
}
